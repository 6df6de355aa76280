import { describe, expect, it } from 'vitest';

import { topologyOf } from './existing-cluster.ts';

const node = (...addresses: string[]) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n' },
  spec: {},
  status: {
    addresses: [
      { type: 'Hostname', address: 'n' },
      ...addresses.map((address) => ({ type: 'InternalIP', address })),
    ],
  },
});

describe('topologyOf', () => {
  it.each([
    ['IPv4', [node('10.0.0.1', 'fd00::1'), node('fd00::2', '10.0.0.2')], 'dual'],
    ['IPv6', [node('10.0.0.1', 'fd00::1')], 'dual-v6-primary'],
    ['IPv4', [node('10.0.0.1', 'fd00::1'), node('10.0.0.2')], 'ipv4'],
    ['IPv6', [node('fd00::1')], 'ipv6'],
  ] as const)('with %s first is as its nodes are', (primary, nodes, topology) => {
    expect(topologyOf(primary, nodes)).toBe(topology);
  });
});
