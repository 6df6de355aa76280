import { clusterNames, removeClusterState } from './cluster-state.ts';
import { LABEL, type Docker } from './docker.ts';

/** kind's own label on its node containers. */
export const KIND_CLUSTER_LABEL = 'io.x-k8s.kind.cluster';

/**
 * Every cluster of ours: by its state folder, or where a crash lost that, by the label of its network, or by the
 * one that its nodes have from their image.
 */
export async function ownClusters(docker: Docker): Promise<string[]> {
  const labelled = await docker.lines([
    ...['network', 'ls', '--filter', `label=${LABEL.cluster}`],
    ...['--format', `{{.Label "${LABEL.cluster}"}}`],
  ]);
  const nodes = await docker.lines([
    ...['ps', '--all', '--filter', `label=${LABEL.image}=node`, '--filter', `label=${KIND_CLUSTER_LABEL}`],
    ...['--format', `{{.Label "${KIND_CLUSTER_LABEL}"}}`],
  ]);
  return [...new Set([...(await clusterNames()), ...labelled, ...nodes])].sort();
}

/**
 * Removes one cluster of ours: its nodes, what carries its label (probe, network), and its state. Takes what
 * is there, so that it also cleans up after a crash at any point. Gives the names of what was removed.
 * Nodes carry only kind's label, which is trusted for names that are ours, so the caller must pass one of
 * `ownClusters`.
 */
export async function removeCluster(docker: Docker, name: string): Promise<string[]> {
  const byLabel = (label: string) =>
    docker.lines(['ps', '--all', '--filter', `label=${label}=${name}`, '--format', '{{.Names}}']);
  const containers = (await Promise.all([KIND_CLUSTER_LABEL, LABEL.cluster].map(byLabel))).flat();
  if (containers.length > 0) await docker.run(['rm', '--force', '--volumes', ...containers]);
  const networks = await docker.lines([
    ...['network', 'ls', '--filter', `label=${LABEL.cluster}=${name}`, '--format', '{{.Name}}'],
  ]);
  if (networks.length > 0) await docker.run(['network', 'rm', ...networks]);
  await removeClusterState(name);
  return [...containers, ...networks];
}

/** True when a kind cluster of that name exists that is not ours. */
export async function foreignCluster(docker: Docker, name: string): Promise<boolean> {
  if ((await ownClusters(docker)).includes(name)) return false;
  const nodes = await docker.lines([
    'ps',
    '--all',
    '--quiet',
    '--filter',
    `label=${KIND_CLUSTER_LABEL}=${name}`,
  ]);
  return nodes.length > 0;
}
