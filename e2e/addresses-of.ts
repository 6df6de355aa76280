import { canonical, parseAddress, type Family } from '../base/addresses.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { carve } from '../harness/scenario/carve.ts';

/** An address of each family out of the range that VIPs come from, which nobody holds. */
export function unheldAddresses({ network }: Cluster): Record<Family, string> {
  const wanted = { scenario: 'e2e', size: 1 };
  const [v4, v6] = carve({
    subnets: network.subnets,
    occupied: network.occupied.map(parseAddress),
    gateways: Object.values(network.gateways).map(parseAddress),
    ranges: [
      { ...wanted, name: 'v4', family: 'IPv4' },
      { ...wanted, name: 'v6', family: 'IPv6' },
    ],
  });
  if (!v4 || !v6) throw new Error('no address is free');
  return { IPv4: canonical(v4.first), IPv6: canonical(v6.first) };
}

/** The name of a worker, and its address of each family. */
export function workerOf({ nodes }: Cluster): { name: string; containerId: string } & Record<Family, string> {
  const worker = nodes.find(({ role }) => role === 'worker');
  if (!worker?.addresses.IPv4 || !worker.addresses.IPv6) throw new Error('no worker has both families');
  const { name, containerId } = worker;
  return { name, containerId, IPv4: worker.addresses.IPv4, IPv6: worker.addresses.IPv6 };
}
