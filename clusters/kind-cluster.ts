import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { stringify } from 'yaml';

import { run } from '../base/command.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { makePrivateFolder, stateFolder } from '../base/folders.ts';
import type { Progress } from '../base/progress.ts';
import { kindConfigPath, kubeconfigPath, manifestsPath } from './cluster-state.ts';
import type { Engine } from './engine/engine.ts';
import type { NodeImages } from './images/images.ts';
import { standsOnFrr } from './images/source/image-names.ts';
import type { Implementation } from './implementations/implementation.ts';
import type { Kind } from './kind.ts';
import { KubernetesClient } from './kubernetes/client.ts';
import { readKubeconfig } from './kubernetes/kubeconfig.ts';
import type { KubernetesObject } from './kubernetes/objects.ts';
import { waitForNodesReady } from './kubernetes/waiting.ts';
import { kindConfig, type Topology } from './topology.ts';

export interface KindClusterOptions {
  name: string;
  topology: Topology;
  workers: number;
  engine: Engine;
  images: NodeImages;
  implementation: Implementation;
  /** Work that needs the API and Ready nodes, but not the implementation: done while that is installed. */
  alongside?: ((client: KubernetesClient, signal: AbortSignal) => Promise<void>) | undefined;
  progress: Progress;
  signal: AbortSignal;
}

/** kind announces a step as `• Preparing nodes 📦 …`. */
const KIND_STEP = /• ([\w -]+)/;

interface KindRun {
  kind: Kind;
  network: string;
  detail: (text: string) => void;
}

/** Runs kind; the implementation is installed from the moment that the API is up. */
export async function startKind(
  options: KindClusterOptions,
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
export async function keepManifests(name: string, objects: readonly KubernetesObject[]): Promise<void> {
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

/** `metallb 0.16.1`, and `metallb 0.16.1 (frr)` where FRR is part of it. */
export function titleOf(implementation: Implementation): string {
  const { name, version, mode } = implementation.ref;
  return `${name} ${version}${standsOnFrr(implementation) ? ` (${mode})` : ''}`;
}
