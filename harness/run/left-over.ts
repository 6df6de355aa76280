import type { ClusterState } from '../../clusters/cluster-state.ts';
import type { ClusterNode } from '../../clusters/nodes.ts';
import { LABEL, type Docker } from '../../clusters/docker.ts';
import { REMOVE_WAY_BACK } from '../bgp/way-back.ts';
import type { Implementation } from '../../clusters/implementations/implementation.ts';
import { isNotFound } from '../../clusters/kubernetes/api-error.ts';
import type { KubernetesClient } from '../../clusters/kubernetes/client.ts';
import { refOf, type ObjectRef } from '../../clusters/kubernetes/objects.ts';
import { untilNotRefused } from './refused-deletion.ts';

/** On every object that a run makes in a cluster and that is not in the run's namespace, the namespace included. */
export const RUN_LABEL = 'dualvip.dev/run';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace' };
const SERVICE = { apiVersion: 'v1', kind: 'Service' };

interface LeftOverPlace {
  client: Pick<KubernetesClient, 'list' | 'delete' | 'deleteAndWait'>;
  docker: Pick<Docker, 'lines' | 'run'>;
  state: Pick<ClusterState, 'name'>;
  nodes: readonly Pick<ClusterNode, 'containerId'>[];
}

/**
 * Removes what runs left in a cluster: Services, pools, advertisements, namespaces, probes, routers. To be called while
 * no other run uses the cluster: at the begin, for runs that were killed, and at the end, for a scenario that was
 * interrupted. A pool that stayed would give its addresses to the next scenario's Services, and a Service that
 * stayed would keep its own, so both are waited for. A namespace is not: nothing of another run is in it, and its
 * pods may take their grace period to end.
 */
export async function removeLeftOver(
  { client, docker, state, nodes }: LeftOverPlace,
  implementation: Pick<Implementation, 'poolResources'>,
  options: { signal?: AbortSignal; keepNamespace?: string } = {},
): Promise<void> {
  const probes = await docker.lines([
    ...['ps', '--all', '--quiet', '--filter', `label=${LABEL.cluster}=${state.name}`],
    ...['--filter', `label=${LABEL.run}`],
  ]);
  if (probes.length > 0) await docker.run(['rm', '--force', '--volumes', ...probes]);
  await removeWaysOut(docker, { state, nodes });
  await removeObjects(client, implementation, options);
}

export interface RemovalOptions {
  signal?: AbortSignal | undefined;
  keepNamespace?: string | undefined;
  /** Only what these runs have made; default: any. */
  runs?: readonly string[] | undefined;
}

/** Removes what runs have made in a cluster, by its API alone, and gives the names of the namespaces. */
export async function removeObjects(
  client: LeftOverPlace['client'],
  { poolResources }: Pick<Implementation, 'poolResources'>,
  { signal, keepNamespace, runs }: RemovalOptions = {},
): Promise<string[]> {
  const labelSelector = runs === undefined ? RUN_LABEL : `${RUN_LABEL} in (${runs.join(',')})`;
  const labelled = { labelSelector, signal };
  const [{ items: marked }, ...pools] = await Promise.all([
    client.list(NAMESPACE, labelled),
    ...poolResources.map((resource) => client.list(resource, labelled)),
  ]);
  const namespaces = marked.filter(({ metadata }) => metadata.name !== keepNamespace);
  const services = await Promise.all(
    namespaces.map(({ metadata }) => client.list(SERVICE, { namespace: metadata.name, signal })),
  );
  // Services first: an implementation may refuse to take a pool away that one has its addresses from.
  await client.deleteAndWait(
    services.flatMap(({ items }) => items.map(refOf)),
    { signal },
  );
  for (const { items } of pools) {
    await untilNotRefused(() => client.deleteAndWait(items.map(refOf), { signal }), signal);
  }
  const staying = namespaces.filter(({ metadata }) => !metadata.deletionTimestamp);
  await Promise.all(staying.map((namespace) => askDeletion(client, refOf(namespace), signal)));
  return staying.map(({ metadata }) => metadata.name);
}

/** The clients' networks of scenarios with BGP, and what leads the nodes to them. */
async function removeWaysOut(
  docker: LeftOverPlace['docker'],
  { state, nodes }: Pick<LeftOverPlace, 'state' | 'nodes'>,
): Promise<void> {
  const networks = await docker.lines([
    ...['network', 'ls', '--quiet', '--filter', `label=${LABEL.cluster}=${state.name}`],
    ...['--filter', `label=${LABEL.run}`],
  ]);
  if (networks.length === 0) return;
  // The networks last: by them, the next time knows that there is something on the nodes.
  for (const { containerId } of nodes) {
    await docker.run(['exec', containerId, 'sh', '-c', REMOVE_WAY_BACK]);
  }
  await docker.run(['network', 'rm', ...networks]);
}

async function askDeletion(
  client: Pick<KubernetesClient, 'delete'>,
  ref: ObjectRef,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await client.delete(ref, { propagationPolicy: 'Background', signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
