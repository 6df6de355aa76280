import { describe, expect, it } from 'vitest';

import type { PoolSpec } from '../implementation.ts';
import { isTakenIn, renderPools } from './pools.ts';

const pool: PoolSpec = { name: 'ipv4-pool', ranges: ['192.0.2.1-192.0.2.8'] };

describe('renderPools', () => {
  it('writes each range as a block of start and stop', () => {
    const dual = { name: 'dual-pool', ranges: ['192.0.2.9-192.0.2.9', '2001:db8::1-2001:db8::8'] };
    expect(renderPools([pool, dual])).toEqual([
      {
        apiVersion: 'cilium.io/v2alpha1',
        kind: 'CiliumLoadBalancerIPPool',
        metadata: { name: 'ipv4-pool' },
        spec: { blocks: [{ start: '192.0.2.1', stop: '192.0.2.8' }] },
      },
      {
        apiVersion: 'cilium.io/v2alpha1',
        kind: 'CiliumLoadBalancerIPPool',
        metadata: { name: 'dual-pool' },
        spec: {
          blocks: [
            { start: '192.0.2.9', stop: '192.0.2.9' },
            { start: '2001:db8::1', stop: '2001:db8::8' },
          ],
        },
      },
    ]);
  });

  it.each<[Partial<PoolSpec>, object]>([
    [{ serviceSelector: { app: 'web' } }, { matchLabels: { app: 'web' } }],
    [
      { namespaces: ['one', 'two'] },
      {
        matchExpressions: [
          { key: 'io.kubernetes.service.namespace', operator: 'In', values: ['one', 'two'] },
        ],
      },
    ],
    [
      { namespaces: ['one'], serviceSelector: { app: 'web' } },
      {
        matchLabels: { app: 'web' },
        matchExpressions: [{ key: 'io.kubernetes.service.namespace', operator: 'In', values: ['one'] }],
      },
    ],
  ])('writes %j as one selector', (limits, serviceSelector) => {
    expect(renderPools([{ ...pool, ...limits }])).toMatchObject([{ spec: { serviceSelector } }]);
  });

  it('takes what is the default in words, too', () => {
    const said = { ...pool, autoAssign: true, avoidBuggyIPs: false, priority: 0 };
    expect(renderPools([said])).toEqual(renderPools([pool]));
  });

  it.each<[string, Partial<PoolSpec>]>([
    ['auto-assign', { autoAssign: false }],
    ['avoid-buggy-ips', { avoidBuggyIPs: true }],
    ['pool-priority', { priority: 1 }],
  ])('refuses what needs %s', (feature, limits) => {
    const render = () => renderPools([{ ...pool, ...limits }]);
    expect(render).toThrow(
      expect.objectContaining({
        code: 'DUALVIP_POOL_INEXPRESSIBLE',
        message: `Cilium has no ${feature}, which pool ipv4-pool needs`,
        hint: `Name ${feature} under the scenario's \`features\`: its verdict is then \`unsupported\`.`,
      }),
    );
  });
});

function poolOf(generation: number, conditions?: object[]) {
  return {
    apiVersion: 'cilium.io/v2alpha1',
    kind: 'CiliumLoadBalancerIPPool',
    metadata: { name: 'a', generation },
    ...(conditions ? { status: { conditions } } : {}),
  };
}

function condition(type: string, observedGeneration: number) {
  return {
    type: `cilium.io/${type}`,
    status: 'Unknown',
    reason: 'noreason',
    message: '8',
    observedGeneration,
  };
}

describe('isTakenIn', () => {
  it.each([
    ['nothing', poolOf(1), false],
    ['no conditions', { ...poolOf(1), status: {} }, false],
    // Told before the addresses are counted and given out.
    ['no conflict', poolOf(1, [condition('PoolConflict', 1)]), false],
    ['a first count', poolOf(1, [condition('PoolConflict', 1), condition('IPsTotal', 1)]), false],
    ['all counts', poolOf(1, [condition('IPsTotal', 1), condition('IPsUsed', 1)]), true],
    ['a count of the spec before', poolOf(2, [condition('IPsTotal', 2), condition('IPsUsed', 1)]), false],
  ])('by %s', (_, object, taken) => {
    expect(isTakenIn(object)).toBe(taken);
  });
});
