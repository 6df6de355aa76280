import { z } from 'zod';

import { FAMILIES, familyOf, parseAddress, toBigInt, type Family } from '../../base/addresses.ts';
import { UsageError } from '../../base/errors.ts';
import type { ImplementationFacts } from '../implementations/facts.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { nodeSchema, readAs, serviceSchema, type KubernetesObject } from '../kubernetes/objects.ts';
import { serviceCIDRsOf } from '../kubernetes/service-cidrs.ts';
import type { ClusterNode } from '../nodes.ts';
import type { GivenRanges } from './existing-cluster.ts';

/** Addresses that somebody has, and who. */
interface Taken {
  who: string;
  family: Family;
  first: bigint;
  last: bigint;
}

export interface TakenOptions {
  client: Pick<KubernetesClient, 'list' | 'isServed'>;
  nodes: readonly Pick<ClusterNode, 'name' | 'addresses'>[];
  facts: Pick<ImplementationFacts, 'pools'>;
  ranges: GivenRanges;
  signal: AbortSignal;
}

/** So many are named; a pool of the same range says it all. */
const NAMED = 5;

/**
 * That nobody in the cluster has an address of the ranges: no Service, node or pool, and no CIDR of pods or Services.
 * @throws UsageError `DUALVIP_RANGE_TAKEN`, which names them
 */
export async function checkFree(options: TakenOptions): Promise<void> {
  const taken = await takenBy(options);
  const problems = FAMILIES.flatMap((family) => {
    const text = options.ranges[family];
    if (text === undefined) return [];
    const range = spanOf(text);
    const by = taken.filter(
      (one) => one.family === family && one.first <= range.last && range.first <= one.last,
    );
    if (by.length === 0) return [];
    const more = by.length > NAMED ? `, and ${by.length - NAMED} more` : '';
    const names = by.slice(0, NAMED).map(({ who }) => who);
    return [`${text} is in use: ${names.join(', ')}${more}`];
  });
  if (problems.length === 0) return;
  throw new UsageError('DUALVIP_RANGE_TAKEN', problems.join('; '), {
    hint: 'Give ranges of the nodes’ link that nothing uses and no pool has. Nothing was made.',
  });
}

async function takenBy({ client, nodes, facts, signal }: TakenOptions): Promise<Taken[]> {
  const [{ items: services }, { items: all }, serviceCIDRs] = await Promise.all([
    client.list({ apiVersion: 'v1', kind: 'Service' }, { signal }),
    client.list({ apiVersion: 'v1', kind: 'Node' }, { signal }),
    serviceCIDRsOf(client, signal),
  ]);
  return [
    ...facts.pools.flatMap(({ name, ranges }) =>
      ranges.map((range) => ({ who: `pool ${name} has ${range}`, ...spanOf(range) })),
    ),
    ...services.flatMap(ofService),
    ...nodes.flatMap(({ name, addresses }) =>
      Object.values(addresses).map((address) => ({ who: `node ${name} is ${address}`, ...spanOf(address) })),
    ),
    ...all.flatMap((node) => readAs(nodeSchema, node).spec.podCIDRs.map((cidr) => ofCidr('pods', cidr))),
    ...serviceCIDRs.map((cidr) => ofCidr('cluster IPs', cidr)),
  ];
}

const externalSchema = serviceSchema.extend({
  spec: serviceSchema.shape.spec.extend({ externalIPs: z.array(z.string()).nullish() }),
});

function ofService(object: KubernetesObject): Taken[] {
  const { metadata, spec, status } = readAs(externalSchema, object);
  const addresses = [
    ...status.loadBalancer.ingress.flatMap(({ ip }) => ip ?? []),
    ...(spec.externalIPs ?? []),
    ...spec.clusterIPs.filter((ip) => ip !== 'None' && ip !== ''),
  ];
  return addresses.map((address) => ({
    who: `Service ${metadata.namespace ?? ''}/${metadata.name} has ${address}`,
    ...spanOf(address),
  }));
}

function ofCidr(what: string, cidr: string): Taken {
  const [address = '', length = ''] = cidr.split('/');
  const family = familyOf(address);
  const size = 1n << BigInt((family === 'IPv4' ? 32 : 128) - Number(length));
  const first = toBigInt(parseAddress(address)) & -size;
  return { who: `${cidr} is for ${what}`, family, first, last: first + size - 1n };
}

/** `first-last`, or one address. */
function spanOf(text: string): Omit<Taken, 'who'> {
  const [first = '', last = first] = text.split('-');
  return {
    family: familyOf(first),
    first: toBigInt(parseAddress(first)),
    last: toBigInt(parseAddress(last)),
  };
}
