import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { UsageError } from '../base/errors.ts';
import {
  checkClusterName,
  clusterFolder,
  clusterNames,
  kubeconfigPath,
  readClusterState,
  removeClusterState,
  writeClusterState,
  type ClusterState,
} from './cluster-state.ts';

const STATE: ClusterState = {
  name: 'demo',
  topology: 'dual',
  workers: 2,
  implementation: { name: 'metallb', version: '0.16.1', mode: 'native' },
  images: {
    origin: 'source',
    node: 'dualvip/node:x',
    probe: 'dualvip/probe:x',
    backend: 'agnhost:x',
    kubernetesVersion: 'v1.37.2',
  },
  network: { name: 'demo', ours: true },
  createdAt: '2026-11-23T00:00:00.000Z',
  phase: 'creating',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dualvip-state-'));
  vi.stubEnv('DUALVIP_STATE_DIR', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('the state of a cluster', () => {
  it('is read as it was written, and can be written anew', async () => {
    await writeClusterState(STATE);
    expect(await readClusterState('demo')).toEqual(STATE);
    await writeClusterState({ ...STATE, phase: 'ready' });
    expect(await readClusterState('demo')).toEqual({ ...STATE, phase: 'ready' });
  });

  it('is only for the user: a kubeconfig is beside it', async () => {
    await mkdir(clusterFolder('demo'), { recursive: true, mode: 0o755 });
    await writeClusterState(STATE);
    const modes = [clusterFolder('demo'), path.join(clusterFolder('demo'), 'cluster.json')].map(
      async (file) => (await stat(file)).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o700, 0o600]);
    expect(kubeconfigPath('demo')).toBe(path.join(folder, 'clusters', 'demo', 'kubeconfig'));
  });

  it.each([
    ['not there', undefined],
    ['cut short', JSON.stringify(STATE).slice(0, 40)],
    ['of another shape', JSON.stringify({ ...STATE, topology: 'triple' })],
    ['without a worker', JSON.stringify({ ...STATE, workers: 0 })],
  ])('is undefined where its file is %s, and the cluster is still listed', async (_, text) => {
    await mkdir(clusterFolder('demo'), { recursive: true });
    if (text !== undefined) await writeFile(path.join(clusterFolder('demo'), 'cluster.json'), text);
    expect(await readClusterState('demo')).toBeUndefined();
    expect(await clusterNames()).toEqual(['demo']);
  });

  it('is removed with all that is beside it, and again', async () => {
    await writeClusterState(STATE);
    await writeFile(kubeconfigPath('demo'), 'secret');
    await writeClusterState({ ...STATE, name: 'other' });
    await removeClusterState('demo');
    await removeClusterState('demo');
    expect(await readdir(path.join(folder, 'clusters'))).toEqual(['other']);
  });
});

describe('clusterNames', () => {
  it('are none where nothing was ever made', async () => {
    expect(await clusterNames()).toEqual([]);
  });

  it('are folders only', async () => {
    await writeClusterState(STATE);
    await writeFile(path.join(folder, 'clusters', 'stray'), '');
    expect(await clusterNames()).toEqual(['demo']);
  });
});

describe('checkClusterName', () => {
  it('takes what Kubernetes takes as a node’s name with -control-plane after it', () => {
    const letter = fc.constantFrom('a', 'z', '0', '9');
    const middle = fc.string({ unit: fc.constantFrom('a', 'z', '0', '9', '-'), maxLength: 38 });
    fc.assert(
      fc.property(letter, middle, letter, (first, rest, last) => {
        expect(() => checkClusterName(first + rest + last)).not.toThrow();
        expect(`${first}${rest}${last}-control-plane`.length).toBeLessThanOrEqual(63);
      }),
    );
    expect(() => checkClusterName('a')).not.toThrow();
  });

  it.each(['', '-a', 'a-', 'A', 'a_b', 'a.b', '../a', 'a'.repeat(41), 'a\n'])('refuses %j', (name) => {
    expect(() => checkClusterName(name)).toThrow(
      new UsageError('DUALVIP_CLUSTER_NAME', `"${name}" cannot be a cluster's name`, {
        hint: 'Use at most 40 lower-case letters, digits and dashes, beginning and ending with a letter or digit.',
      }),
    );
  });
});
