import type { Cluster } from '../../clusters/cluster.ts';
import { LABEL } from '../../clusters/docker.ts';
import type { Implementation } from '../../clusters/implementations/implementation.ts';
import { refOf } from '../../clusters/kubernetes/objects.ts';

/** On every object that a run makes in a cluster and that is not in the run's namespace, the namespace included. */
export const RUN_LABEL = 'dualvip.dev/run';

/**
 * Removes what runs left in a cluster: pools, advertisements, namespaces, probes. To be called while no other
 * run uses the cluster: at the begin, for runs that were killed, and at the end, for a scenario that was
 * interrupted. A pool that stayed would give its addresses to the next scenario's Services.
 */
export async function removeLeftOver(
  { client, docker, state }: Cluster,
  { poolResources }: Pick<Implementation, 'poolResources'>,
  options: { signal?: AbortSignal; keepNamespace?: string } = {},
): Promise<void> {
  const { signal, keepNamespace } = options;
  const labelled = await Promise.all(
    [{ apiVersion: 'v1', kind: 'Namespace' }, ...poolResources].map(
      async (resource) => (await client.list(resource, { labelSelector: RUN_LABEL, signal })).items,
    ),
  );
  const probes = await docker.lines([
    ...['ps', '--all', '--quiet', '--filter', `label=${LABEL.cluster}=${state.name}`],
    ...['--filter', `label=${LABEL.run}`],
  ]);
  if (probes.length > 0) await docker.run(['rm', '--force', '--volumes', ...probes]);
  const refs = labelled.flat().map(refOf);
  await client.deleteAndWait(
    refs.filter(({ kind, name }) => kind !== 'Namespace' || name !== keepNamespace),
    { signal },
  );
}
