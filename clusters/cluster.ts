import { HarnessError } from '../base/errors.ts';
import { kubeconfigPath, readClusterState, type ClusterState } from './cluster-state.ts';
import type { Docker } from './docker.ts';
import type { ExistingAccess } from './existing/existing-cluster.ts';
import { KubernetesClient } from './kubernetes/client.ts';
import { readKubeconfig } from './kubernetes/kubeconfig.ts';
import { inspectNetwork, type ClusterNetwork } from './network.ts';
import { clusterNodes, type ClusterNode } from './nodes.ts';

/** A running cluster with its implementation serving. Disposing closes connections; the cluster stays. */
export interface Cluster extends AsyncDisposable {
  state: ClusterState;
  docker: Docker;
  client: KubernetesClient;
  network: ClusterNetwork;
  nodes: ClusterNode[];
  kubeconfig: string;
  /** Of a cluster that somebody else has made; its nodes are out of reach then. */
  existing?: ExistingAccess;
}

/** Connects to a cluster of ours that runs. @throws HarnessError `DUALVIP_CLUSTER_UNKNOWN`, `DUALVIP_CLUSTER_GONE` */
export async function openCluster(docker: Docker, name: string, signal: AbortSignal): Promise<Cluster> {
  const state = await readClusterState(name);
  if (state?.phase !== 'ready') {
    throw new HarnessError('DUALVIP_CLUSTER_UNKNOWN', `there is no cluster ${name} that is ready`, {
      hint: 'dualvip list clusters shows what there is; dualvip up makes one.',
    });
  }
  const client = new KubernetesClient(await readKubeconfig(kubeconfigPath(name)));
  try {
    return await assemble(docker, state, client, signal);
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

/** A cluster that runs, with what the engine knows of it. */
export async function assemble(
  docker: Docker,
  state: ClusterState,
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<Cluster> {
  const [network, nodes] = await Promise.all([
    inspectNetwork(docker, state.network.name, signal),
    clusterNodes(docker, state.name, state.network.name),
  ]);
  return {
    state,
    docker,
    client,
    network,
    nodes,
    kubeconfig: kubeconfigPath(state.name),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}
