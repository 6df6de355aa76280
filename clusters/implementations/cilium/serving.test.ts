import { describe, expect, it, vi } from 'vitest';

import { KubernetesClient } from '../../kubernetes/client.ts';
import { json, list, type Route } from '../../kubernetes/fake-api-server.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { FakeCluster, fakePool } from './fake-cluster.ts';
import { whenServing } from './serving.ts';

const POOLS = '/apis/cilium.io/v2alpha1/ciliumloadbalancerippools';
const NAME = 'dualvip-readiness';
const { signal } = new AbortController();

describe('whenServing', () => {
  it('removes what was left, makes a pool, and removes it when it was taken in', async () => {
    await using cluster = new FakeCluster();
    let there: KubernetesObject[] = [fakePool(NAME, { uid: 'of-before', counted: 1 })];
    const made: unknown[] = [];
    const routes: Record<string, Route> = {
      [`GET ${POOLS}`]: (response) => json(response, list(there, '5')),
      [`DELETE ${POOLS}/${NAME}`]: (response) => {
        const [pool] = there;
        there = [];
        json(response, pool ?? {});
      },
      [`PATCH ${POOLS}/${NAME}`]: (response, { body }) => {
        made.push(JSON.parse(body));
        const pool = fakePool(NAME, {});
        there = [pool];
        json(response, pool);
        const takeIn = () => {
          there = [fakePool(NAME, { counted: 1 })];
          cluster.tell('MODIFIED', fakePool(NAME, { counted: 1 }));
        };
        void vi.waitUntil(() => cluster.isWatched, { timeout: 30_000 }).then(takeIn);
      },
    };
    const server = await cluster.start([], routes);
    await using client = new KubernetesClient(server.access);
    const details: string[] = [];
    await whenServing({ client, nodes: 3, signal, detail: (text) => details.push(text) });
    expect(details).toEqual(['waiting for its CRDs', 'waiting for a pool to be taken in']);
    expect(made).toMatchObject([{ metadata: { name: NAME }, spec: { disabled: true } }]);
    expect(there).toEqual([]);
    const changes = server.calls.filter((call) => /^(DELETE|PATCH)/.test(call));
    expect(changes).toEqual([`DELETE ${POOLS}/${NAME}`, `PATCH ${POOLS}/${NAME}`, `DELETE ${POOLS}/${NAME}`]);
  });

  it('says what it waited for', async () => {
    vi.stubEnv('DUALVIP_TIMEOUT_IMPLEMENTATION_READY', '150');
    await using cluster = new FakeCluster();
    const server = await cluster.start([], {
      'GET /apis/cilium.io/v2alpha1': (response) =>
        json(response, { kind: 'APIResourceList', resources: [] }),
    });
    await using client = new KubernetesClient(server.access);
    await expect(whenServing({ client, nodes: 3, signal, detail: () => {} })).rejects.toMatchObject({
      code: 'DUALVIP_IMPLEMENTATION_NOT_READY',
      message: expect.stringMatching(
        /^Cilium's allocator does not serve: waiting for kind CiliumLoadBalancerIPPool to be served: gave up after /,
      ),
      hint: "Look at `kubectl --namespace cilium-system logs deployment/cilium-operator` with the cluster's kubeconfig.",
    });
    vi.unstubAllEnvs();
  });
});
