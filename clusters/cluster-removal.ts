import { converge } from '../base/converge.ts';
import { timeoutMs } from '../base/timeouts.ts';
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

/**
 * The same for one that may still be in the making. The engine may make a container when kind and its docker clients
 * have ended, and kind itself may outlive a harness that was killed, until a node that it works on is gone: so it is
 * over only when there was nothing more to remove for two seconds.
 */
export async function removeForGood(docker: Docker, name: string): Promise<string[]> {
  const all = new Set<string>();
  await converge({
    what: `cluster ${name} to be gone`,
    observe: async () => {
      const removed = await removeCluster(docker, name);
      for (const one of removed) all.add(one);
      return removed;
    },
    until: (removed) => removed.length === 0,
    streak: 6,
    intervalMs: 400,
    // On a busy machine each look takes seconds.
    timeoutMs: 4 * timeoutMs('cleanup'),
    hint: `Remove the rest with dualvip down ${name}.`,
  });
  return [...all];
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
