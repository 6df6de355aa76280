import { ReadableStream } from 'node:stream/web';

import { z } from 'zod';

import { monotonicMs } from '../../base/clock.ts';
import { sleep } from '../../base/converge.ts';
import { HarnessError } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { errorFromAnswer, KubernetesApiError } from './api-error.ts';
import { readLines } from './lines.ts';
import { objectSchema, readAs, type KubernetesObject } from './objects.ts';
import { ObjectStore } from './object-store.ts';

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubernetesObject;
  /** `monotonicMs()` at the time it was received. */
  at: number;
}

/** All the watched objects at one moment, and what changed since the snapshot before. */
export interface Snapshot {
  at: number;
  objects: readonly KubernetesObject[];
  changes: readonly WatchEvent[];
}

export interface KubernetesList {
  items: KubernetesObject[];
  resourceVersion: string;
}

/** The two calls that a watch is made of. */
export interface WatchSource {
  /** For messages, as in `GET /api/v1/services`. */
  call: string;
  list(signal: AbortSignal): Promise<KubernetesList>;
  open(resourceVersion: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

export interface FollowOptions {
  signal?: AbortSignal | undefined;
  /** Told of each failure that the watch recovers from. */
  onTrouble?: ((error: unknown) => void) | undefined;
}

/** Before a watch that ended is opened again; doubled each time, until an event comes. */
export const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['ADDED', 'MODIFIED', 'DELETED']), object: objectSchema }),
  z.object({
    type: z.literal('BOOKMARK'),
    object: z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) }),
  }),
  z.object({ type: z.literal('ERROR'), object: z.unknown() }),
]);

/**
 * Lists, then watches: one snapshot for the list, even an empty one, then one for each event. A dropped
 * connection is resumed; 410 Gone lists anew and yields the differences as one snapshot. Starts with the
 * iteration; ends without an error when the signal is aborted or the client closed.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 * @throws KubernetesApiError for a refusal, and for trouble that lasts longer than `timeoutMs('api')`.
 */
export async function* follow(
  source: WatchSource,
  { signal, onTrouble }: FollowOptions = {},
): AsyncGenerator<Snapshot, void, undefined> {
  const stop = new AbortController();
  const bound = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  let running: Promise<void> = Promise.resolve();
  // The loop does not wait for the consumer, so that `at` is the time of receipt however slow the consumer is.
  const snapshots = new ReadableStream<Snapshot>({
    start(controller) {
      const emit = (snapshot: Snapshot) => {
        if (!stop.signal.aborted) controller.enqueue(snapshot);
      };
      running = run({ source, emit, onTrouble, signal: bound }).then(
        () => (stop.signal.aborted ? undefined : controller.close()),
        (error: unknown) => controller.error(error),
      );
    },
    async cancel() {
      stop.abort();
      await running;
    },
  });
  yield* snapshots;
}

interface Run {
  source: WatchSource;
  emit: (snapshot: Snapshot) => void;
  onTrouble: ((error: unknown) => void) | undefined;
  signal: AbortSignal;
}

async function run({ source, emit, onTrouble, signal }: Run): Promise<void> {
  const store = new ObjectStore();
  let resourceVersion: string | undefined;
  let troubleSince: number | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    try {
      if (resourceVersion === undefined) {
        const list = await source.list(signal);
        emit(store.replace(list.items, monotonicMs()));
        resourceVersion = list.resourceVersion;
      }
      const chunks = await source.open(resourceVersion, signal);
      troubleSince = undefined;
      for await (const line of readLines(chunks, 'drop')) {
        const at = monotonicMs();
        const event = parseEvent(line);
        pauseMs = FIRST_PAUSE_MS;
        if (event.type === 'ERROR') throw errorFromAnswer(source.call, 500, event.object);
        resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
        if (event.type !== 'BOOKMARK') emit(store.change({ type: event.type, object: event.object, at }));
      }
    } catch (error) {
      if (signal.aborted || isClosed(error)) return;
      if (!(error instanceof KubernetesApiError) || !(error.transient || error.status === 410)) throw error;
      const now = monotonicMs();
      troubleSince ??= now;
      if (now - troubleSince >= timeoutMs('api')) throw error;
      // A lost connection is resumed where it was; after any word of the server's, only a new list is safe.
      if (error.status !== undefined) resourceVersion = undefined;
      onTrouble?.(error);
    }
    try {
      await sleep(pauseMs, signal);
    } catch {
      return;
    }
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

function parseEvent(line: string): z.infer<typeof eventSchema> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new HarnessError('DUALVIP_API_SHAPE', `a watch event is not JSON: ${line.slice(0, 120)}`, {
      cause: error,
      hint: 'Is something between the harness and the API server?',
    });
  }
  return readAs(eventSchema, value);
}

function isClosed(error: unknown): boolean {
  return error instanceof HarnessError && error.code === 'DUALVIP_API_CLOSED';
}
