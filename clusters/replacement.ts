import { readFile } from 'node:fs/promises';

import type { Progress } from '../base/progress.ts';
import { removeApplied } from './applied-removal.ts';
import { manifestsPath, writeClusterState } from './cluster-state.ts';
import { openCluster, type Cluster } from './cluster.ts';
import type { Implementation } from './implementations/implementation.ts';
import { keepManifests, titleOf } from './kind-cluster.ts';
import { parseManifests } from './kubernetes/manifests.ts';

/**
 * Takes one implementation out of a cluster, with all that was applied of it, and installs another, whose images the
 * nodes have. Meanwhile the cluster is not `ready`: what fails in the middle is to be removed.
 */
export async function replaceImplementation(
  { state, docker, client, nodes }: Cluster,
  implementation: Implementation,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Cluster> {
  const { name } = state;
  await writeClusterState({ ...state, phase: 'creating' });
  await progress.step(`removing ${state.implementation.name} ${state.implementation.version}`, async () => {
    const file = manifestsPath(name);
    await removeApplied(client, parseManifests(await readFile(file, 'utf8'), file), signal);
  });
  await progress.step(titleOf(implementation), (detail) =>
    implementation.install({
      ...{ client, nodes: nodes.length, signal, detail },
      onManifests: (objects) => keepManifests(name, objects),
    }),
  );
  await writeClusterState({ ...state, implementation: implementation.ref });
  return openCluster(docker, name, signal);
}
