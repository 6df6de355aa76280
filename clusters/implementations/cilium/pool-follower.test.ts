import { afterEach, describe, expect, it, vi } from 'vitest';

import { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import type { PoolFollower } from '../implementation.ts';
import { FakeCluster, fakePool } from './fake-cluster.ts';
import { followPools } from './pool-follower.ts';

const { signal } = new AbortController();

/** How long a busy machine may take for a call on loopback. */
const BUSY = { timeout: 30_000 };

interface Following {
  cluster: FakeCluster;
  follower: PoolFollower;
}

/** Follows the pools of a fake cluster that has some at the start. */
async function following(
  pools: readonly KubernetesObject[],
  work: (following: Following) => Promise<void>,
  options: { pods?: string[] } = {},
): Promise<void> {
  await using cluster = new FakeCluster(options);
  const server = await cluster.start(pools);
  await using client = new KubernetesClient(server.access);
  const scope = new AbortController();
  const follower = await followPools(client, scope.signal);
  await vi.waitUntil(() => cluster.isWatched, BUSY);
  await work({ cluster, follower });
  scope.abort();
}

/** Whether something resolves within a few turns of a loopback connection. */
async function resolvesSoon(promise: Promise<unknown>): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => void setTimeout(() => resolve(false), 150));
  return Promise.race([promise.then(() => true), late]);
}

describe('followPools', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('knows a new pool when its addresses are counted', async () => {
    await following([], async ({ cluster, follower }) => {
      const mark = follower.mark();
      const taken = follower.whenTaken(['a'], mark, signal);
      cluster.tell('ADDED', fakePool('a', {}));
      expect(await resolvesSoon(taken)).toBe(false);
      cluster.tell('MODIFIED', fakePool('a', { counted: 1 }));
      await taken;
    });
  });

  it('knows a change by the count of its generation, once', async () => {
    await following([fakePool('a', { counted: 1 })], async ({ cluster, follower }) => {
      const mark = follower.mark();
      // The pool, and the look at all Services that came with it.
      expect(mark).toBe(2);
      const taken = follower.whenTaken(['a'], mark, signal);
      cluster.tell('MODIFIED', fakePool('a', { counted: 1 }));
      cluster.tell('MODIFIED', fakePool('a', { generation: 2, counted: 1 }));
      expect(await resolvesSoon(taken)).toBe(false);
      cluster.tell('MODIFIED', fakePool('a', { generation: 2, counted: 2 }));
      await taken;
      // An address was given out: the counts change, the spec does not.
      const next = follower.mark();
      cluster.tell('MODIFIED', fakePool('a', { generation: 2, counted: 2 }));
      expect(await resolvesSoon(follower.whenTaken(['a'], next, signal))).toBe(false);
    });
  });

  it('knows the pools that a restarted operator found when that serves', async () => {
    await following([fakePool('a', { counted: 1 })], async ({ cluster, follower }) => {
      cluster.tell('ADDED', fakePool('b', {}));
      const mark = follower.mark();
      const taken = follower.whenTaken(['a'], mark, signal);
      cluster.tell('ADDED', fakePool('dualvip-readiness', {}));
      expect(await resolvesSoon(taken)).toBe(false);
      cluster.tell('MODIFIED', fakePool('dualvip-readiness', { counted: 1 }));
      await taken;
      // That one had not been taken in before.
      expect(await resolvesSoon(follower.whenTaken(['b'], mark, signal))).toBe(false);
    });
  });

  it('knows a deletion when the pool is gone from the metrics', async () => {
    await following([fakePool('a', { counted: 1 })], async ({ cluster, follower }) => {
      cluster.metrics.add('a').add('b');
      const taken = follower.whenTaken(['a'], follower.mark(), signal);
      cluster.tell('DELETED', fakePool('a', { counted: 1 }));
      expect(await resolvesSoon(taken)).toBe(false);
      cluster.metrics.delete('a');
      await taken;
    });
  });

  it('takes a pool that was made anew for the one that it is', async () => {
    await following([fakePool('a', { counted: 1 })], async ({ cluster, follower }) => {
      cluster.metrics.add('a');
      const mark = follower.mark();
      cluster.tell('DELETED', fakePool('a', { counted: 1 }));
      cluster.tell('ADDED', fakePool('a', { uid: 'another' }));
      const taken = follower.whenTaken(['a'], mark, signal);
      expect(await resolvesSoon(taken)).toBe(false);
      cluster.tell('MODIFIED', fakePool('a', { uid: 'another', counted: 1 }));
      await taken;
      // The metrics have a pool of this name for good, and nobody looks any more.
      expect(await resolvesSoon(follower.whenTaken(['a'], follower.mark(), signal))).toBe(false);
    });
  });

  it('says why a deletion is not known', async () => {
    const noOperator = { pods: [] };
    await following(
      [fakePool('a', { counted: 1 })],
      async ({ cluster, follower }) => {
        const mark = follower.mark();
        // Between two looks; none is broken off, however long it takes.
        vi.spyOn(AbortSignal, 'timeout').mockReturnValue(new AbortController().signal);
        vi.stubEnv('DUALVIP_TIMEOUT_POOLS_TAKEN', '500');
        cluster.tell('DELETED', fakePool('a', { counted: 1 }));
        await vi.waitUntil(() => cluster.calls.includes('GET /api/v1/namespaces/cilium-system/pods'), BUSY);
        vi.unstubAllEnvs();
        await expect(follower.whenTaken(['a'], mark, signal)).rejects.toMatchObject({
          code: 'DUALVIP_POOLS_NOT_TAKEN',
          message: expect.stringMatching(
            /^Cilium's allocator has not taken in a: waiting for a to be gone from the operator's metrics: gave up after .*\(last: Cilium has no operator pod\)$/,
          ),
        });
      },
      noOperator,
    );
  });

  it('fails where the pools cannot be watched', async () => {
    await using cluster = new FakeCluster();
    const server = await cluster.start([], {
      'GET /apis/cilium.io/v2alpha1/ciliumloadbalancerippools': (response) =>
        response
          .writeHead(403, { 'content-type': 'application/json' })
          .end('{"kind":"Status","code":403,"reason":"Forbidden","message":"not for you"}'),
    });
    await using client = new KubernetesClient(server.access);
    await expect(followPools(client, signal)).rejects.toMatchObject({ code: 'DUALVIP_API_FORBIDDEN' });
  });
});
