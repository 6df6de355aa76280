import { createHash } from 'node:crypto';

import ipaddr from 'ipaddr.js';
import { z } from 'zod';

import { FAMILIES, type Family } from '../base/addresses.ts';
import { HarnessError } from '../base/errors.ts';
import { LABEL, type Docker } from './docker.ts';

/** A Docker bridge as the harness sees it. */
export interface ClusterNetwork {
  name: string;
  id: string;
  /** In CIDR notation, by family. */
  subnets: Partial<Record<Family, string>>;
  gateways: Partial<Record<Family, string>>;
  /** Addresses that containers on it hold, both families, without prefix length. */
  occupied: string[];
}

/** Another network may have a subnet already. */
const ATTEMPTS = 5;

const networkSchema = z.object({
  Name: z.string(),
  Id: z.string(),
  IPAM: z.object({
    Config: z.array(z.object({ Subnet: z.string(), Gateway: z.string().optional() })).nullable(),
  }),
  Containers: z.record(z.string(), z.object({ IPv4Address: z.string(), IPv6Address: z.string() })).nullish(),
});

/**
 * A bridge of the cluster's own, with both families whatever the topology: a Service of the family that the
 * cluster lacks must fail for the cluster's reason, not for the network's. `wanted` subnets it has where no other
 * network is in the way.
 * @throws HarnessError `DUALVIP_NETWORK_FAILED`
 */
export async function createNetwork(
  docker: Docker,
  cluster: string,
  signal: AbortSignal,
  wanted: { [family in Family]?: string | undefined } = {},
): Promise<void> {
  const asked = Object.values(wanted).filter((subnet) => subnet !== undefined);
  const choices = [
    ...(asked.length > 0 ? [asked] : []),
    ...Array.from({ length: ATTEMPTS }, (_, attempt) => [uniqueLocalSubnet(cluster, attempt)]),
  ];
  let last: unknown;
  for (const subnets of choices) {
    try {
      await docker.run(
        [
          ...['network', 'create', '--driver', 'bridge', '--ipv6'],
          ...subnets.flatMap((subnet) => ['--subnet', subnet]),
          ...['--label', `${LABEL.cluster}=${cluster}`, cluster],
        ],
        { signal },
      );
      return;
    } catch (error) {
      signal.throwIfAborted();
      last = error;
    }
  }
  throw new HarnessError('DUALVIP_NETWORK_FAILED', `no bridge for cluster ${cluster} could be made`, {
    cause: last,
    hint: 'Does the engine do IPv6? `dualvip doctor` tells; unused networks can be removed by `docker network prune`.',
  });
}

/** A /64 out of fd00::/8 (RFC 4193), from the cluster's name, so that a second cluster gets another one. */
export function uniqueLocalSubnet(name: string, attempt: number): string {
  const digest = createHash('sha256').update(`${name}/${attempt}`).digest();
  const bytes = [0xfd, ...digest.subarray(0, 7), 0, 0, 0, 0, 0, 0, 0, 0];
  return `${ipaddr.fromByteArray(bytes).toString()}/64`;
}

export async function inspectNetwork(
  docker: Docker,
  name: string,
  signal?: AbortSignal,
): Promise<ClusterNetwork> {
  const text = await docker.run(['network', 'inspect', name], {
    ...(signal ? { signal } : {}),
    hint: `Make it with \`docker network create --ipv6 ${name}\`, or leave --network out.`,
  });
  return parseNetwork(text);
}

/** Reads `docker network inspect`'s answer. */
export function parseNetwork(text: string): ClusterNetwork {
  const [network] = z.tuple([networkSchema]).parse(JSON.parse(text));
  const subnets: Partial<Record<Family, string>> = {};
  const gateways: Partial<Record<Family, string>> = {};
  for (const { Subnet, Gateway } of network.IPAM.Config ?? []) {
    const family: Family = Subnet.includes(':') ? 'IPv6' : 'IPv4';
    subnets[family] ??= Subnet;
    if (Gateway) gateways[family] ??= withoutPrefix(Gateway);
  }
  const occupied = Object.values(network.Containers ?? {})
    .flatMap((container) => [container.IPv4Address, container.IPv6Address])
    .filter((address) => address !== '')
    .map(withoutPrefix);
  return { name: network.Name, id: network.Id, subnets, gateways, occupied };
}

/**
 * The guide's prerequisite, checked before anything is built on it. kind falls back to IPv4 silently here
 * (kind issue 3748).
 * @throws HarnessError `DUALVIP_NETWORK_NO_IPV4` or `DUALVIP_NETWORK_NO_IPV6`
 */
export function checkNetwork(network: ClusterNetwork): void {
  for (const family of FAMILIES) {
    if (network.subnets[family]) continue;
    throw new HarnessError(
      `DUALVIP_NETWORK_NO_${family === 'IPv4' ? 'IPV4' : 'IPV6'}`,
      `network ${network.name} has no ${family} subnet, so no ${family} VIP can be reached on it`,
      {
        hint:
          family === 'IPv6'
            ? `Docker makes networks without IPv6 unless asked: \`docker network create --ipv6 --subnet fd00:1::/64 NAME\`, or leave --network out.`
            : 'Make it with an IPv4 subnet, or leave --network out.',
      },
    );
  }
}

function withoutPrefix(address: string): string {
  return address.replace(/\/\d+$/, '');
}
