import { formatMs, monotonicMs } from '../../base/clock.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { timeoutMs as timeoutFor } from '../../base/timeouts.ts';
import type { Selection } from './call-options.ts';
import type { KubernetesClient } from './client.ts';
import { nodeSchema, readAs, type KubernetesObject, type ObjectRef, type ResourceRef } from './objects.ts';

/** True, or in words why not yet: "1 of 2 replicas are available". The words end up in the timeout's message. */
export type Answer = true | string;

interface WaitOptions {
  /** What is waited for, as in "waiting for <what>". */
  what: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  hint?: string;
}

export interface WaitForOptions extends WaitOptions {
  ref: ObjectRef;
  /** Asked about each state of the object; undefined while it does not exist. */
  until: (object: KubernetesObject | undefined) => Answer;
}

export interface WaitForAllOptions extends WaitOptions, Selection {
  resource: ResourceRef;
  /** Asked about each state of the whole set, beginning with the one at the start. */
  until: (objects: readonly KubernetesObject[]) => Answer;
}

/** A state and when it was received, on `monotonicMs()`. */
export interface Seen<T> {
  state: T;
  at: number;
}

/**
 * Watches one object until it is as wanted. Trouble with the connection is waited out.
 * @throws HarnessError `DUALVIP_TIMEOUT` that tells what, how long, and the last state in words.
 */
export async function waitFor(
  client: Pick<KubernetesClient, 'follow'>,
  { ref, until, ...options }: WaitForOptions,
): Promise<Seen<KubernetesObject | undefined>> {
  const { at, state } = await waitForAll(client, {
    ...options,
    resource: ref,
    namespace: ref.namespace,
    fieldSelector: `metadata.name=${ref.name}`,
    until: (objects) => until(objects[0]),
  });
  return { at, state: state[0] };
}

/** As `waitFor`, for a set of objects. */
export async function waitForAll(
  client: Pick<KubernetesClient, 'follow'>,
  options: WaitForAllOptions,
): Promise<Seen<readonly KubernetesObject[]>> {
  const { resource, until, what, timeoutMs, signal, hint, ...selection } = options;
  const start = monotonicMs();
  const deadline = AbortSignal.timeout(timeoutMs);
  let last = 'the API has not answered';
  const snapshots = client.follow(resource, {
    ...selection,
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    onTrouble: (error) => {
      last = messageOf(error);
    },
  });
  for await (const { objects, at } of snapshots) {
    const answer = until(objects);
    if (answer === true) return { state: objects, at };
    last = answer;
  }
  signal?.throwIfAborted();
  if (!deadline.aborted)
    throw new HarnessError('DUALVIP_API_CLOSED', `waiting for ${what}: the client was closed`);
  throw new HarnessError(
    'DUALVIP_TIMEOUT',
    `waiting for ${what}: gave up after ${formatMs(monotonicMs() - start)} (last: ${last})`,
    hint === undefined ? {} : { hint },
  );
}

/** Waits until `count` nodes are there and all that are there are Ready. */
export async function waitForNodesReady(
  client: Pick<KubernetesClient, 'follow'>,
  options: { count: number; timeoutMs?: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const { count, timeoutMs = timeoutFor('nodesReady'), signal } = options;
  await waitForAll(client, {
    resource: { apiVersion: 'v1', kind: 'Node' },
    until: (nodes) => nodesReady(nodes, count),
    what: `${count} Ready nodes`,
    timeoutMs,
    signal,
    hint: 'A node is not Ready before its CNI is there: look at the kubelet in the node container.',
  });
}

function nodesReady(objects: readonly KubernetesObject[], count: number): Answer {
  const waiting = objects.flatMap((object) => {
    const ready = readAs(nodeSchema, object).status.conditions.find(({ type }) => type === 'Ready');
    if (ready?.status === 'True') return [];
    return `${object.metadata.name}: ${ready?.message ?? 'no Ready condition yet'}`;
  });
  if (waiting.length === 0 && objects.length >= count) return true;
  return [`${objects.length - waiting.length} of ${count} nodes are Ready`, ...waiting].join('; ');
}
