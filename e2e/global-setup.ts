import type { TestProject } from 'vitest/node';

import { isAlive } from '../base/alive.ts';
import { monotonicMs } from '../base/clock.ts';
import { lineProgress } from '../base/progress.ts';
import type { CommandContext } from '../cli/context.ts';
import { makeCluster } from '../cli/prepare.ts';
import { removeCluster } from '../clusters/cluster-removal.ts';
import { clusterNames } from '../clusters/cluster-state.ts';
import type { Docker } from '../clusters/docker.ts';
import { DEFAULT_IMPLEMENTATION } from '../clusters/implementations/registry.ts';
import './shared-cluster.ts';

const PREFIX = 'dualvip-e2e-';

/** Makes what all files share, once: the engine, the images, and one cluster. Gives what removes that again. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const name = `${PREFIX}${process.pid}`;
  const context: CommandContext = {
    // Bare machines compile everything first.
    signal: AbortSignal.timeout(60 * 60_000),
    progress: lineProgress(),
    origin: monotonicMs(),
    print: (text) => process.stderr.write(`${text}\n`),
  };
  const { cluster, docker } = await makeCluster(
    { topology: 'dual', implementation: DEFAULT_IMPLEMENTATION, workers: 2, images: 'auto', yes: true, name },
    context,
  );
  await cluster[Symbol.asyncDispose]();
  await removeLeftBehind(docker);
  project.provide('sharedCluster', name);
  return async () => {
    await context.progress.step(`removing cluster ${name}`, () => removeCluster(docker, name));
  };
}

/** Vitest ends at once on Ctrl-C, without tearing down: what an earlier run left is removed by the next. */
async function removeLeftBehind(docker: Docker): Promise<void> {
  for (const name of await clusterNames()) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : NaN);
    if (Number.isInteger(pid) && !isAlive(pid)) await removeCluster(docker, name);
  }
}
