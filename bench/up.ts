import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { monotonicMs } from '../base/clock.ts';
import { run } from '../base/command.ts';
import type { CommandContext } from '../cli/context.ts';
import { makeImages, type Prepared } from '../cli/prepare.ts';
import { removeCluster } from '../clusters/cluster-removal.ts';
import { clusterFolder, kubeconfigPath } from '../clusters/cluster-state.ts';
import type { NodeImages } from '../clusters/images/images.ts';
import { goContext, moduleFolder } from '../clusters/images/source/go-module.ts';
import type { Implementation } from '../clusters/implementations/implementation.ts';
import { findKind } from '../clusters/kind.ts';
import { createNetwork } from '../clusters/network.ts';
import { kindConfig } from '../clusters/topology.ts';
import { makePrivateFolder } from '../base/folders.ts';
import { dualvip } from './command-line.ts';
import { quantile, round } from '../base/statistics.ts';

const OURS = 'dualvip-bench-up';
const PLAIN = 'dualvip-bench-plain';

/** `ratio` is the median of `dualvip up` over that of doing the same by hand; below 1 it is faster. */
export async function benchUp(
  { repeat }: { repeat: number },
  context: CommandContext,
): Promise<Record<string, unknown>> {
  const { progress, signal } = context;
  const prepared = await makeImages({ images: 'auto', implementation: 'metallb', yes: false }, context);
  const ours: number[] = [];
  const plain: number[] = [];
  for (let turn = 1; turn <= repeat; turn += 1) {
    for (const [times, name, start] of [
      [ours, OURS, () => dualvip(['up', '--name', OURS], { signal })],
      [plain, PLAIN, () => plainCluster(prepared, context)],
    ] as const) {
      try {
        times.push(await progress.step(`${name} ${turn} of ${repeat}`, () => timed(start)));
      } finally {
        await removeCluster(prepared.docker, name);
      }
    }
  }
  return {
    bench: 'up',
    ratio: round(quantile(ours, 0.5) / quantile(plain, 0.5), 3),
    up_seconds: ours.map((ms) => round(ms / 1000, 1)),
    plain_seconds: plain.map((ms) => round(ms / 1000, 1)),
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = monotonicMs();
  await work();
  return monotonicMs() - begin;
}

type Ready = Prepared & { images: NodeImages; implementation: Implementation };

/** What a user would type: kind create cluster, kubectl apply, kubectl rollout status; the same images and config. */
async function plainCluster(
  { engine, docker, images, implementation }: Ready,
  { progress, signal }: CommandContext,
) {
  await makePrivateFolder(clusterFolder(PLAIN));
  const folder = await mkdtemp(path.join(tmpdir(), 'dualvip-bench-'));
  try {
    const config = path.join(folder, 'kind.yaml');
    await writeFile(config, await kindConfig({ topology: 'dual', workers: 2, engine }));
    const kind = await findKind(progress, signal);
    await createNetwork(docker, PLAIN, signal);
    const env = { ...engine.environment, KIND_EXPERIMENTAL_DOCKER_NETWORK: PLAIN };
    const create = ['create', 'cluster', '--name', PLAIN, '--image', images.node, '--config', config];
    await run(kind.file, [...create, '--kubeconfig', kubeconfigPath(PLAIN)], { env, signal });
    const module = await moduleFolder(implementation.module, await goContext(signal));
    const manifests = await readFile(path.join(module, 'config/manifests/metallb-native.yaml'), 'utf8');
    // kubectl is in every node; a machine need not have one.
    const kubectl = (args: readonly string[], input?: string) =>
      docker.run(
        [
          'exec',
          '-i',
          `${PLAIN}-control-plane`,
          'kubectl',
          '--kubeconfig=/etc/kubernetes/admin.conf',
          ...args,
        ],
        { signal, ...(input === undefined ? {} : { input }) },
      );
    await kubectl(['apply', '-f', '-'], manifests);
    const rollout = (what: string) =>
      kubectl(['--namespace=metallb-system', 'rollout', 'status', what, '--timeout=180s']);
    await Promise.all([rollout('deployment/controller'), rollout('daemonset/speaker')]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
