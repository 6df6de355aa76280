import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../kubernetes/objects.ts';
import { checkFree } from './taken-addresses.ts';

const { signal } = new AbortController();

const service = (name: string, spec: object, ips: readonly string[] = []): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec,
  status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } },
});

const objects: KubernetesObject[] = [
  service('web', { clusterIPs: ['10.96.0.10'] }, ['192.168.1.241', 'fd00:1::f001']),
  service('old', { externalIPs: ['192.168.1.5'], clusterIPs: ['None'] }),
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1' },
    spec: { podCIDRs: ['10.244.0.0/24'] },
    status: {},
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs: ['10.96.0.0/16', 'fd00:96::/112'] },
  },
];

const client = {
  isServed: ({ apiVersion }: { apiVersion: string }) => Promise.resolve(apiVersion.endsWith('/v1')),
  list: ({ kind }: { kind: string }) =>
    Promise.resolve({ resourceVersion: '1', items: objects.filter((one) => one.kind === kind) }),
};

const pool = { autoAssign: true, avoidBuggyIPs: false, serviceSelectors: [] };
const facts = {
  pools: [{ ...pool, name: 'lan', ranges: ['192.168.1.240-192.168.1.245', 'fd00:1::f000-fd00:1::f00f'] }],
};
const nodes = [{ name: 'n1', addresses: { IPv4: '192.168.1.2', IPv6: 'fd00:1::2' } }];

const check = (ranges: object) => checkFree({ client, nodes, facts, ranges, signal });

describe('checkFree', () => {
  it('takes ranges that nobody has', async () => {
    await expect(
      check({ IPv4: '192.168.1.246-192.168.1.250', IPv6: 'fd00:1::f010-fd00:1::f01f' }),
    ).resolves.toBeUndefined();
  });

  it.each([
    [
      { IPv4: '192.168.1.245-192.168.1.250' },
      '192.168.1.245-192.168.1.250 is in use: pool lan has 192.168.1.240-192.168.1.245',
    ],
    [
      { IPv4: '192.168.1.1-192.168.1.9', IPv6: 'fd00:1::f000-fd00:1::f003' },
      '192.168.1.1-192.168.1.9 is in use: Service shop/old has 192.168.1.5, node n1 is 192.168.1.2; ' +
        'fd00:1::f000-fd00:1::f003 is in use: pool lan has fd00:1::f000-fd00:1::f00f, Service shop/web has fd00:1::f001',
    ],
    [{ IPv4: '10.244.0.200-10.244.1.1' }, '10.244.0.200-10.244.1.1 is in use: 10.244.0.0/24 is for pods'],
    [
      { IPv4: '10.96.0.10-10.96.0.20' },
      '10.96.0.10-10.96.0.20 is in use: Service shop/web has 10.96.0.10, 10.96.0.0/16 is for cluster IPs',
    ],
    [{ IPv6: 'fd00:96::-fd00:96::f' }, 'fd00:96::-fd00:96::f is in use: fd00:96::/112 is for cluster IPs'],
  ])('refuses %j in one sentence', async (ranges, message) => {
    await expect(check(ranges)).rejects.toMatchObject({
      code: 'DUALVIP_RANGE_TAKEN',
      message,
      hint: 'Give ranges of the nodes’ link that nothing uses and no pool has. Nothing was made.',
      exitCode: 64,
    });
  });
});
