import type { Family } from '../base/addresses.ts';
import { UsageError } from '../base/errors.ts';
import { assemble, type Cluster } from './cluster.ts';
import { foreignCluster, removeForGood } from './cluster-removal.ts';
import { checkClusterName, readClusterState, writeClusterState, type ClusterState } from './cluster-state.ts';
import type { Docker } from './docker.ts';
import { findKind } from './kind.ts';
import { startKind, type KindClusterOptions } from './kind-cluster.ts';
import { checkNetwork, createNetwork, inspectNetwork } from './network.ts';
import { checkFamilies } from './nodes.ts';
import { TOPOLOGY_FAMILIES } from './topology.ts';

export interface CreateClusterOptions extends KindClusterOptions {
  docker: Docker;
  /** An existing network instead of one of the cluster's own. */
  network?: string | undefined;
  /** The subnets that its own network should have, where they are free. */
  subnets?: { [family in Family]?: string | undefined } | undefined;
}

/**
 * Starts a kind cluster on a bridge of its own and installs the implementation while the workers still join.
 * Whatever fails or is aborted on the way, nothing stays behind.
 * @throws HarnessError by the name of what is wrong; UsageError `DUALVIP_CLUSTER_EXISTS`
 */
export async function createCluster(options: CreateClusterOptions): Promise<Cluster> {
  const { name, docker, progress, signal } = options;
  checkClusterName(name);
  if ((await readClusterState(name)) ?? (await foreignCluster(docker, name))) {
    throw new UsageError('DUALVIP_CLUSTER_EXISTS', `there is a cluster ${name} already`, {
      hint: `Choose another --name, or remove it: dualvip down ${name} (kind delete cluster --name ${name} when it is not dualvip's).`,
    });
  }
  try {
    return await progress.step(
      `cluster ${name} (${options.topology}, ${options.workers} workers)`,
      (detail) => create(options, detail),
    );
  } catch (error) {
    await progress.step(`removing what was made of cluster ${name}`, () => removeForGood(docker, name));
    signal.throwIfAborted();
    throw error;
  }
}

async function create(options: CreateClusterOptions, detail: (text: string) => void): Promise<Cluster> {
  const { name, topology, workers, docker, images, implementation, progress, signal } = options;
  const network = { name: options.network ?? name, ours: options.network === undefined };
  const state: ClusterState = {
    name,
    topology,
    workers,
    implementation: implementation.ref,
    images,
    network,
    createdAt: new Date().toISOString(),
    phase: 'creating',
  };
  if (!network.ours) checkNetwork(await inspectNetwork(docker, network.name, signal));
  await writeClusterState(state);
  const [kind] = await Promise.all([
    findKind(progress, signal),
    network.ours ? createNetwork(docker, name, signal, options.subnets) : undefined,
  ]);
  checkNetwork(await inspectNetwork(docker, network.name, signal));
  const client = await startKind(options, { kind, network: network.name, detail });
  try {
    const families = TOPOLOGY_FAMILIES[topology];
    await checkFamilies(client, families, signal);
    await writeClusterState({ ...state, phase: 'ready' });
    return await assemble(docker, { ...state, phase: 'ready' }, client, signal);
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}
