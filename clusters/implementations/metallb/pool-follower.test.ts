import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { EVERY_SERVICE, type PoolFollower } from '../implementation.ts';
import { followPools } from './pool-follower.ts';

const controller: KubernetesObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'controller-1' } };

const reload = { controller: 'PoolReconciler', event: 'force service reload' };
const start = { controller: 'ServiceReconciler - reprocessAll', 'start reconcile': 'metallbreload/reload' };
const end = { controller: 'ServiceReconciler - reprocessAll', 'end reconcile': 'metallbreload/reload' };
const pool = (name: string) => ({ controller: 'PoolReconciler', 'end reconcile': `metallb-system/${name}` });
const service = (name: string) => ({ controller: 'ServiceReconciler', 'end reconcile': name });

/** A follower of a controller whose log has these lines, all read. */
async function following(
  work: (follower: PoolFollower, signal: AbortSignal) => Promise<void>,
  ...lines: object[]
) {
  const scope = new AbortController();
  const read = Promise.withResolvers<void>();
  const client = {
    list: () => Promise.resolve({ items: [controller], resourceVersion: '1' }),
    async *podLog() {
      yield 'no JSON';
      for (const line of lines) yield JSON.stringify(line);
      read.resolve();
      await new Promise((resolve) => scope.signal.addEventListener('abort', resolve));
    },
  };
  try {
    const follower = await followPools(client, scope.signal);
    await read.promise;
    await work(follower, scope.signal);
  } finally {
    scope.abort();
  }
}

const looked = (follower: PoolFollower, mark: number, signal: AbortSignal, name: string = EVERY_SERVICE) =>
  follower.whenReconciled([name], mark, { withinMs: 20, signal });

describe('followPools', () => {
  it('knows a pool from when the reload was forced, as that may begin before the end is told', async () => {
    await following(
      async (follower, signal) => {
        const known = await follower.whenTaken(['dual-pool'], 0, signal);
        expect(await looked(follower, known, signal)).toBeGreaterThan(0);
      },
      service('ns/web'),
      reload,
      start,
      pool('dual-pool'),
      end,
    );
  });

  it('takes no look for one at a change that came while it went on', async () => {
    await following(
      async (follower, signal) => {
        const known = await follower.whenTaken(['dual-pool'], 0, signal);
        expect(await looked(follower, known, signal)).toBeUndefined();
      },
      start,
      service('ns/web'),
      reload,
      pool('dual-pool'),
      end,
    );
  });

  it('waits for no other look where a pool came with the one before', async () => {
    await following(
      async (follower, signal) => {
        const known = await follower.whenTaken(['ipv4-pool', 'ipv6-pool'], 0, signal);
        expect(await looked(follower, known, signal)).toBeGreaterThan(0);
      },
      reload,
      pool('ipv4-pool'),
      start,
      end,
      pool('ipv6-pool'),
    );
  });

  it('knows when a single Service was looked at', async () => {
    await following(async (follower, signal) => {
      expect(await looked(follower, 0, signal, 'ns/web')).toBeGreaterThan(0);
      expect(await looked(follower, follower.mark(), signal, 'ns/web')).toBeUndefined();
      expect(await looked(follower, 0, signal)).toBeUndefined();
    }, service('ns/web'));
  });
});
