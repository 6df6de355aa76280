import { z } from 'zod';

import { timeoutMs } from '../../base/timeouts.ts';
import type { Cluster } from '../../clusters/cluster.ts';
import { whenEnded } from '../../clusters/faults/ended-containers.ts';
import type { Implementation } from '../../clusters/implementations/implementation.ts';
import { isNotFound } from '../../clusters/kubernetes/api-error.ts';
import type { KubernetesClient } from '../../clusters/kubernetes/client.ts';
import { podSchema, readAs, refOf, type KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import { waitForAll } from '../../clusters/kubernetes/waiting.ts';

const POD = { apiVersion: 'v1', kind: 'Pod' };

const deploymentSchema = z.looseObject({ spec: z.looseObject({ replicas: z.number().default(1) }) });
const runningSchema = podSchema.extend({ metadata: z.looseObject({ uid: z.string() }) });

type Client = Pick<KubernetesClient, 'list' | 'patch'>;
type Place = Pick<Cluster, 'client' | 'nodes'> & { docker: Pick<Cluster['docker'], 'run' | 'lines'> };
type Allocator = Pick<Implementation, 'controller' | 'whenServing'>;

const CONTROLLER = 'the controller';

/**
 * Ends the pods of the implementation's allocator as a node's failure would, without notice, and resolves when
 * other ones serve and the old ones run no more.
 */
export async function restartController(
  place: Place,
  implementation: Allocator,
  signal: AbortSignal,
): Promise<void> {
  const { client } = place;
  const { namespace, labelSelector } = implementation.controller;
  const { items } = await client.list(POD, { namespace, labelSelector, signal });
  await deleteAtOnce(client, items, signal);
  await Promise.all([
    whenOthersServe(place, implementation, {
      ended: new Set(items.map(({ metadata }) => metadata.uid)),
      signal,
    }),
    whenEnded(place, items, { what: CONTROLLER, signal }),
  ]);
}

/** Takes the pods of the allocator away, and resolves when there is none, and no process of one. */
export async function stopController(
  place: Pick<Place, 'client' | 'docker'>,
  { controller }: Pick<Allocator, 'controller'>,
  signal: AbortSignal,
): Promise<void> {
  const { client } = place;
  const { namespace, labelSelector } = controller;
  // Before they are scaled: one that has gone from the API by then may still run.
  const { items } = await client.list(POD, { namespace, labelSelector, signal });
  await scale(client, await deployments(client, controller, signal), { replicas: 0, signal });
  // At once: what one that is asked to end does on its way is another scenario's.
  await deleteAtOnce(client, items, signal);
  await waitForAll(client, {
    resource: POD,
    namespace,
    labelSelector,
    what: 'the controller to be gone',
    timeoutMs: timeoutMs('implementationReady'),
    signal,
    until: (pods) => pods.length === 0 || `there are ${pods.length} pods`,
  });
  await whenEnded(place, items, { what: CONTROLLER, signal });
}

async function deleteAtOnce(
  client: Pick<KubernetesClient, 'delete'>,
  pods: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    pods.map((pod) =>
      client.delete(refOf(pod), { gracePeriodSeconds: 0, signal }).catch((error: unknown) => {
        // It may have ended by itself meanwhile.
        if (!isNotFound(error)) throw error;
      }),
    ),
  );
}

/** Brings an allocator back that was stopped, and resolves when it serves. One that was not is left as it is. */
export async function startController(
  place: Place,
  implementation: Allocator,
  signal: AbortSignal,
): Promise<void> {
  const { client } = place;
  const all = await deployments(client, implementation.controller, signal);
  const stopped = all.filter((one) => readAs(deploymentSchema, one).spec.replicas === 0);
  if (stopped.length === 0) return;
  await scale(client, stopped, { replicas: 1, signal });
  await whenOthersServe(place, implementation, { ended: new Set(), signal });
}

async function deployments(
  client: Client,
  { namespace, labelSelector }: Allocator['controller'],
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const { items } = await client.list(
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    { namespace, labelSelector, signal },
  );
  return items;
}

async function scale(
  client: Client,
  objects: readonly KubernetesObject[],
  { replicas, signal }: { replicas: number; signal: AbortSignal },
): Promise<void> {
  const patch = { spec: { replicas } };
  await Promise.all(objects.map((one) => client.patch(refOf(one), patch, { type: 'merge', signal })));
}

async function whenOthersServe(
  { client, nodes }: Place,
  { controller, whenServing }: Allocator,
  { ended, signal }: { ended: ReadonlySet<string | undefined>; signal: AbortSignal },
): Promise<void> {
  const { namespace, labelSelector } = controller;
  await waitForAll(client, {
    resource: POD,
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
