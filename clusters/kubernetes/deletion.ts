import { z } from 'zod';

import { HarnessError } from '../../base/errors.ts';
import { timeoutMs as timeoutFor } from '../../base/timeouts.ts';
import { isNotFound } from './api-error.ts';
import { runBatch } from './batch.ts';
import type { DeleteOptions } from './call-options.ts';
import type { KubernetesClient } from './client.ts';
import { describeRef, refOf, type KubernetesObject, type ObjectRef } from './objects.ts';
import { waitForAll, type Answer } from './waiting.ts';

export interface DeleteAndWaitOptions extends DeleteOptions {
  /** For all of them together; `timeoutMs('cleanup')` when left out. */
  timeoutMs?: number;
}

/** A deletion answers with the object while something holds it, and with a Status when it is gone at once. */
const deletedSchema = z.object({
  metadata: z.object({ uid: z.string().optional() }).optional(),
  details: z.object({ uid: z.string().optional() }).optional(),
});

/**
 * Deletes objects and waits until each is gone, finalizers included. One that is made anew under the same name
 * counts as gone, and so does one whose kind the cluster no longer knows.
 * @throws HarnessError `DUALVIP_TIMEOUT` that names what is left and which finalizers hold it.
 */
export async function deleteAndWait(
  client: Pick<KubernetesClient, 'delete' | 'follow'>,
  refs: readonly ObjectRef[],
  options: DeleteAndWaitOptions = {},
): Promise<void> {
  const { timeoutMs = timeoutFor('cleanup'), ...deleteOptions } = options;
  const { signal } = options;
  const batch = { concurrency: 8, signal, done: 'deleted' } as const;
  const leaving = await runBatch(refs, batch, (ref) =>
    unlessGone(async () => ({ ref, uid: uidOf(await client.delete(ref, deleteOptions)) })),
  );
  const groups = Map.groupBy(
    leaving.filter((entry) => entry !== undefined),
    ({ ref }) => [ref.apiVersion, ref.kind, ref.namespace].join(' '),
  );
  // One watch a kind and namespace, so that a hundred objects do not take a hundred connections.
  await runBatch([...groups.values()], { ...batch, concurrency: Infinity }, (group) =>
    unlessGone(() => untilGone(client, group, { timeoutMs, signal })),
  );
}

interface Leaving {
  ref: ObjectRef;
  uid: string | undefined;
}

async function untilGone(
  client: Pick<KubernetesClient, 'follow'>,
  group: readonly Leaving[],
  options: { timeoutMs: number; signal: AbortSignal | undefined },
): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  await waitForAll(client, {
    ...options,
    resource: first.ref,
    namespace: first.ref.namespace,
    until: (objects) => allGone(group, objects),
    what: `the deletion of ${group.map(({ ref }) => describeRef(ref)).join(', ')}`,
    hint: 'A finalizer is removed by the controller that set it: look whether that one runs.',
  });
}

function allGone(group: readonly Leaving[], objects: readonly KubernetesObject[]): Answer {
  const left = objects.filter(({ metadata }) =>
    group.some(({ ref, uid }) => ref.name === metadata.name && (uid === undefined || uid === metadata.uid)),
  );
  if (left.length === 0) return true;
  return left
    .map((object) => {
      const held = object.metadata.finalizers?.join(', ');
      return `${describeRef(refOf(object))} is still there${held ? `, held by ${held}` : ''}`;
    })
    .join('; ');
}

function uidOf(answer: unknown): string | undefined {
  const { data } = deletedSchema.safeParse(answer);
  return data?.metadata?.uid ?? data?.details?.uid;
}

async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const unknownKind = error instanceof HarnessError && error.code === 'DUALVIP_API_UNKNOWN_KIND';
    if (isNotFound(error) || unknownKind) return undefined;
    throw error;
  }
}
