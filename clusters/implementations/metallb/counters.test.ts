import { expect, it } from 'vitest';

import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { metallbCounters } from './counters.ts';

const { signal } = new AbortController();

function object(kind: string, name: string, rest: object): KubernetesObject {
  return { apiVersion: 'x/v1', kind, metadata: { name }, ...rest };
}

const status = { assignedIPv4: 1, assignedIPv6: 0, availableIPv4: 3, availableIPv6: 4 };
const pools = [
  object('IPAddressPool', 'a', { status }),
  object('IPAddressPool', 'unseen', {}),
  object('IPAddressPool', 'half', { status: { assignedIPv4: 1 } }),
];
const ofStatus = {
  pool: 'a',
  source: 'status',
  assigned: { IPv4: 1, IPv6: 0 },
  available: { IPv4: 3, IPv6: 4 },
};

/** A cluster with these pools, and a controller with one named port. */
function api(port: string) {
  const ports = [{ name: port, containerPort: 1 }];
  const controller = object('Pod', 'controller', { spec: { containers: [{ ports }] } });
  return {
    list: async ({ kind }: { kind: string }) => ({
      resourceVersion: '1',
      items: kind === 'Pod' ? [controller] : pools,
    }),
    request: async () =>
      [
        'metallb_allocator_addresses_total{pool="a"} 8',
        'metallb_allocator_ipv4_addresses_in_use_total{pool="a"} 2',
        'metallb_allocator_ipv6_addresses_in_use_total{pool="a"} 1',
      ].join('\n'),
  };
}

it('tells what the status says and what the metrics say, each by itself', async () => {
  expect(await metallbCounters(api('monitoring'), signal)).toEqual([
    ofStatus,
    { pool: 'a', source: 'metrics', assigned: { IPv4: 2, IPv6: 1 } },
  ]);
});

it('tells what the status says where there are no metrics to be had', async () => {
  expect(await metallbCounters(api('metricshttps'), signal)).toEqual([ofStatus]);
});
