import { z } from 'zod';

import { canonical, FAMILIES, type Family } from '../../base/addresses.ts';

/** A route that the router has learned, as its kernel forwards by it. */
export interface LearnedRoute {
  /** `10.0.50.1/32`. */
  prefix: string;
  /** Addresses, sorted; more than one: equal-cost paths. */
  nextHops: string[];
}

const hop = { gateway: z.string().optional() };
const routesSchema = z.array(
  z.looseObject({ dst: z.string(), ...hop, nexthops: z.array(z.looseObject(hop)).optional() }),
);

/** The arguments of `ip` by which the kernel tells the routes of one family that came from BGP. */
export function routesCommand(family: Family): string[] {
  return ['ip', '-json', family === 'IPv4' ? '-4' : '-6', 'route', 'show', 'proto', 'bgp'];
}

/** Reads what it says. IPv6 may tell equal-cost paths as so many routes of the same prefix. */
export function parseLearned(text: string, family: Family): LearnedRoute[] {
  const hops = new Map<string, Set<string>>();
  for (const { dst, gateway, nexthops = [] } of routesSchema.parse(JSON.parse(text || '[]'))) {
    const prefix = prefixOf(dst, family);
    const all = hops.get(prefix) ?? new Set<string>();
    hops.set(prefix, all);
    for (const via of [gateway, ...nexthops.map((one) => one.gateway)]) {
      if (via !== undefined) all.add(canonical(via));
    }
  }
  return [...hops]
    .map(([prefix, all]) => ({ prefix, nextHops: [...all].sort() }))
    .sort((a, b) => a.prefix.localeCompare(b.prefix));
}

/** iproute2 leaves the length of a host route out. */
function prefixOf(destination: string, family: Family): string {
  const [address = '', length] = destination.split('/');
  if (destination === 'default') return family === 'IPv4' ? '0.0.0.0/0' : '::/0';
  return `${canonical(address)}/${length ?? (family === 'IPv4' ? 32 : 128)}`;
}

export type RouteTable = Readonly<Record<Family, readonly LearnedRoute[]>>;

export const EMPTY_TABLE: RouteTable = { IPv4: [], IPv6: [] };

export function sameTable(one: RouteTable, other: RouteTable): boolean {
  return FAMILIES.every((family) => JSON.stringify(one[family]) === JSON.stringify(other[family]));
}
