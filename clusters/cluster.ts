import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { stringify } from 'yaml';

import type { Family } from '../base/addresses.ts';
import { run } from '../base/command.ts';
import { converge } from '../base/converge.ts';
import { HarnessError, messageOf, UsageError } from '../base/errors.ts';
import { makePrivateFolder, stateFolder } from '../base/folders.ts';
import { timeoutMs } from '../base/timeouts.ts';
import type { Progress } from '../base/progress.ts';
import { foreignCluster, removeCluster } from './cluster-removal.ts';
import {
  checkClusterName,
  kindConfigPath,
  kubeconfigPath,
  manifestsPath,
  readClusterState,
  writeClusterState,
  type ClusterState,
} from './cluster-state.ts';
import type { Docker } from './docker.ts';
import type { Engine } from './engine/engine.ts';
import type { NodeImages } from './images/images.ts';
import type { Implementation } from './implementations/implementation.ts';
import { findKind, type Kind } from './kind.ts';
import { KubernetesClient } from './kubernetes/client.ts';
import { readKubeconfig } from './kubernetes/kubeconfig.ts';
import type { KubernetesObject } from './kubernetes/objects.ts';
import { waitForNodesReady } from './kubernetes/waiting.ts';
import { checkNetwork, createNetwork, inspectNetwork, type ClusterNetwork } from './network.ts';
import { checkFamilies, clusterNodes, type ClusterNode } from './nodes.ts';
import { kindConfig, TOPOLOGY_FAMILIES, type Topology } from './topology.ts';

/** A running cluster with its implementation serving. Disposing closes connections; the cluster stays. */
export interface Cluster extends AsyncDisposable {
  state: ClusterState;
  docker: Docker;
  client: KubernetesClient;
  network: ClusterNetwork;
  nodes: ClusterNode[];
  kubeconfig: string;
}

export interface CreateClusterOptions {
  name: string;
  topology: Topology;
  workers: number;
  /** An existing network instead of one of the cluster's own. */
  network?: string | undefined;
  /** The subnets that its own network should have, where they are free. */
  subnets?: { [family in Family]?: string | undefined } | undefined;
  engine: Engine;
  docker: Docker;
  images: NodeImages;
  implementation: Implementation;
  /** Work that needs the API and Ready nodes, but not the implementation: done while that is installed. */
  alongside?: ((client: KubernetesClient, signal: AbortSignal) => Promise<void>) | undefined;
  progress: Progress;
  signal: AbortSignal;
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

/**
 * The engine may still be making a container when kind and its docker clients have ended, so it is over only
 * when there was nothing more to remove for two seconds.
 */
async function removeForGood(docker: Docker, name: string): Promise<void> {
  await converge({
    what: `cluster ${name} to be gone`,
    observe: () => removeCluster(docker, name),
    until: (removed) => removed.length === 0,
    streak: 6,
    intervalMs: 400,
    timeoutMs: timeoutMs('cleanup'),
    hint: `Remove the rest with dualvip down ${name}.`,
  });
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

/** kind announces a step as `• Preparing nodes 📦 …`. */
const KIND_STEP = /• ([\w -]+)/;

interface KindRun {
  kind: Kind;
  network: string;
  detail: (text: string) => void;
}

/** Runs kind; the implementation is installed from the moment that the API is up. */
async function startKind(
  options: CreateClusterOptions,
  { kind, network, detail }: KindRun,
): Promise<KubernetesClient> {
  const { name, engine, images, implementation, workers, progress } = options;
  const scope = new AbortController();
  const signal = AbortSignal.any([options.signal, scope.signal]);
  const config = kindConfigPath(name);
  await writeFile(config, await kindConfig({ ...options, engine }), { mode: 0o600 });
  const env = { ...engine.environment, KIND_EXPERIMENTAL_DOCKER_NETWORK: network };
  let ready: Promise<KubernetesClient> | undefined;
  const onApi = async () => {
    const kubeconfig = await run(kind.file, ['get', 'kubeconfig', '--name', name], { signal, env });
    await writeFile(kubeconfigPath(name), kubeconfig, { mode: 0o600 });
    const client = new KubernetesClient(await readKubeconfig(kubeconfigPath(name)));
    try {
      await Promise.all([
        waitForNodesReady(client, { count: workers + 1, signal }),
        options.alongside?.(client, signal),
        progress.step(titleOf(implementation), (text) =>
          implementation.install({
            ...{ client, nodes: workers + 1, signal, detail: text },
            onManifests: (objects) => keepManifests(name, objects),
          }),
        ),
      ]);
      return client;
    } catch (error) {
      await client[Symbol.asyncDispose]();
      throw error;
    }
  };
  // A failure of the installation ends kind's run, too; which of both failed first is told.
  const installing = () => {
    const work = onApi();
    work.catch((error: unknown) => scope.abort(error));
    return work;
  };
  const lines: string[] = [];
  const flags = [
    '--name',
    name,
    '--image',
    images.node,
    '--config',
    config,
    '--kubeconfig',
    kubeconfigPath(name),
  ];
  const created = run(kind.file, ['create', 'cluster', ...flags], {
    signal,
    env,
    // kind does not end the docker clients that it runs.
    group: true,
    onLine: (line) => {
      lines.push(line);
      const step = KIND_STEP.exec(line)?.[1];
      if (step) detail(step.trim());
      // kind says so once the control plane is up; the workers then join for seconds.
      if (line.includes('Joining worker nodes')) ready ??= installing();
    },
  }).catch(async (error: unknown) => {
    signal.throwIfAborted();
    throw await kindFailure(name, lines, error);
  });
  try {
    await created;
    detail('waiting for nodes and implementation');
    await chmod(kubeconfigPath(name), 0o600);
    ready ??= installing();
    return await ready;
  } catch (error) {
    scope.abort(error);
    await ready?.catch(() => {});
    throw scope.signal.reason;
  }
}

/** For whoever installs the same without the harness. A key is made anew for each cluster, and nobody's business. */
async function keepManifests(name: string, objects: readonly KubernetesObject[]): Promise<void> {
  const documents = objects.filter(({ kind }) => kind !== 'Secret').map((object) => stringify(object));
  await writeFile(manifestsPath(name), documents.join('---\n'), { mode: 0o600 });
}

/** kind's output is long and ends in a stack: the user gets its own summary, and the rest in a file. */
async function kindFailure(name: string, lines: readonly string[], cause: unknown): Promise<HarnessError> {
  const log = path.join(await makePrivateFolder(path.join(stateFolder(), 'logs')), `kind-${name}.log`);
  await writeFile(log, `${lines.join('\n')}\n`, { mode: 0o600 });
  const summary = lines.find((line) => line.startsWith('ERROR: ')) ?? messageOf(cause);
  return new HarnessError('DUALVIP_KIND_FAILED', `kind could not create cluster ${name}: ${summary}`, {
    cause,
    hint: 'Too little memory, disk or inotify instances are the usual causes: `dualvip doctor` tells.',
    evidence: log,
  });
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

async function assemble(
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

/** `metallb 0.16.1`, and `metallb 0.16.1 (frr)` where it has several modes. */
function titleOf({ ref, furtherModules = [] }: Implementation): string {
  return `${ref.name} ${ref.version}${furtherModules.length > 0 ? ` (${ref.mode})` : ''}`;
}
