import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { silent } from '../../base/progress.ts';
import { clusterFolder, kubeconfigPath, type ClusterState } from '../../clusters/cluster-state.ts';
import { kubeconfigOf } from './diagnose.ts';

async function ready(name: string): Promise<void> {
  const state: ClusterState = {
    name,
    topology: 'dual',
    workers: 2,
    implementation: { name: 'metallb', version: '0.16.1', mode: 'native' },
    images: { origin: 'source', node: 'n', probe: 'p', backend: 'b', kubernetesVersion: 'v1.37.2' },
    network: { name, ours: true },
    createdAt: '2026-11-28T00:00:00.000Z',
    phase: 'ready',
  };
  await mkdir(clusterFolder(name), { recursive: true });
  await writeFile(path.join(clusterFolder(name), 'cluster.json'), JSON.stringify(state));
}

describe('kubeconfigOf', () => {
  let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;

  beforeEach(async () => {
    folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-diagnose-'));
    vi.stubEnv('DUALVIP_STATE_DIR', folder.path);
    vi.stubEnv('KUBECONFIG', undefined);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await folder.remove();
  });

  it("is the user's own where none of dualvip's is named", async () => {
    expect(await kubeconfigOf({ kubeconfig: 'mine' }, silent)).toBe('mine');
    vi.stubEnv('KUBECONFIG', 'theirs');
    expect(await kubeconfigOf({}, silent)).toBe('theirs');
    await ready('a');
    expect(await kubeconfigOf({ name: 'a' }, silent)).toBe(kubeconfigPath('a'));
  });

  it('is that of the only cluster there is', async () => {
    await ready('a');
    expect(await kubeconfigOf({}, silent)).toBe(kubeconfigPath('a'));
  });

  it.each([
    [{}, [], 'there is no cluster that is ready', 'dualvip up makes one.'],
    [{ name: 'nope' }, [], 'there is no cluster nope that is ready', 'dualvip up makes one.'],
    [{ name: 'nope' }, ['a'], 'there is no cluster nope that is ready', 'There is: a.'],
    [{}, ['b', 'a'], 'there are 2 clusters: a, b', 'Name one, for instance --name a.'],
    [
      { name: 'a', kubeconfig: 'mine' },
      [],
      '--kubeconfig and --name both say which cluster',
      'Give one of them: --name is for clusters of dualvip.',
    ],
  ])('of %j and the clusters %j cannot be', async (flags, names, message, hint) => {
    for (const name of names) await ready(name);
    await expect(kubeconfigOf(flags, silent)).rejects.toMatchObject({ message, hint, exitCode: 64 });
  });
});
