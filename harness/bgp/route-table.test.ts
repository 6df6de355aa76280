import { describe, expect, it } from 'vitest';

import { parseLearned, sameTable } from './route-table.ts';

describe('parseLearned', () => {
  it('has one route a prefix, with its next hops in order', () => {
    const text = JSON.stringify([
      {
        dst: '10.0.50.1',
        protocol: 'bgp',
        metric: 20,
        nexthops: [
          { gateway: '172.18.0.4', dev: 'eth0', weight: 1, flags: [] },
          { gateway: '172.18.0.3', dev: 'eth0', weight: 1, flags: [] },
        ],
      },
      { dst: '10.0.60.0/24', gateway: '172.18.0.3', dev: 'eth0' },
    ]);
    expect(parseLearned(text, 'IPv4')).toEqual([
      { prefix: '10.0.50.1/32', nextHops: ['172.18.0.3', '172.18.0.4'] },
      { prefix: '10.0.60.0/24', nextHops: ['172.18.0.3'] },
    ]);
  });

  it('puts the paths of IPv6 together, which may be told one by one', () => {
    const text = JSON.stringify([
      { dst: 'fd00:1:0::1', gateway: 'fd00:aaaa::4' },
      { dst: 'fd00:1::1', gateway: 'fd00:aaaa::3' },
      { dst: 'default', gateway: 'fd00:aaaa::3' },
    ]);
    expect(parseLearned(text, 'IPv6')).toEqual([
      { prefix: '::/0', nextHops: ['fd00:aaaa::3'] },
      { prefix: 'fd00:1::1/128', nextHops: ['fd00:aaaa::3', 'fd00:aaaa::4'] },
    ]);
  });

  it('knows a route without a next hop, and no route', () => {
    expect(parseLearned('[{"dst":"10.0.50.1"}]', 'IPv4')).toEqual([{ prefix: '10.0.50.1/32', nextHops: [] }]);
    expect(parseLearned('', 'IPv4')).toEqual([]);
  });
});

it('compares tables by both families', () => {
  const route = { prefix: 'fd00:1::1/128', nextHops: ['fd00:aaaa::3'] };
  expect(sameTable({ IPv4: [], IPv6: [route] }, { IPv4: [], IPv6: [{ ...route }] })).toBe(true);
  expect(sameTable({ IPv4: [], IPv6: [route] }, { IPv4: [], IPv6: [] })).toBe(false);
});
