import { z } from 'zod';

import { timeoutMs } from '../../base/timeouts.ts';
import type { Cluster } from '../../clusters/cluster.ts';
import type { Implementation } from '../../clusters/implementations/implementation.ts';
import { podSchema, readAs, refOf } from '../../clusters/kubernetes/objects.ts';
import { waitForAll } from '../../clusters/kubernetes/waiting.ts';

const runningSchema = podSchema.extend({ metadata: z.looseObject({ uid: z.string() }) });

/**
 * Ends the pods of the implementation's allocator as a node's failure would, without notice, and resolves when
 * other ones serve.
 */
export async function restartController(
  { client, nodes }: Pick<Cluster, 'client' | 'nodes'>,
  { controller, whenServing }: Pick<Implementation, 'controller' | 'whenServing'>,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, labelSelector } = controller;
  const resource = { apiVersion: 'v1', kind: 'Pod' };
  const { items } = await client.list(resource, { namespace, labelSelector, signal });
  const ended = new Set(items.map(({ metadata }) => metadata.uid));
  await Promise.all(items.map((pod) => client.delete(refOf(pod), { gracePeriodSeconds: 0, signal })));
  await waitForAll(client, {
    resource,
    namespace,
    labelSelector,
    what: 'another controller pod',
    timeoutMs: timeoutMs('implementationReady'),
    signal,
    // Not Ready: a readiness probe may begin late, and whether it serves is asked below.
    until: (objects) => {
      const pods = objects.map((object) => readAs(runningSchema, object));
      const others = pods.filter(({ metadata }) => !ended.has(metadata.uid));
      const runs = others.some(({ status }) => status.phase === 'Running');
      return (runs && others.length === pods.length) || `${others.length} of ${pods.length} are new`;
    },
  });
  await whenServing({ client, nodes: nodes.length, signal, detail: () => {} });
}
