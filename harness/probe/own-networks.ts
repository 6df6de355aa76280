import ipaddr from 'ipaddr.js';

import { leadsOut, type Route } from './routes.ts';

/** What a run has made for itself. */
export interface OwnNetworks {
  /** Its networks in CIDR notation. */
  subnets: readonly string[];
  /** The addresses that its containers have on them. */
  members: readonly string[];
}

/** Where a packet does not leave the link or the host by definition: RFC 1122, RFC 4291, RFC 3927. */
const NEVER_FORWARDED = ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '::1/128', 'fe80::/10', 'ff00::/8'];

/**
 * The routes of a container by which a packet could leave the run's own networks: those to anything else than the
 * networks themselves, unless they end nowhere, and those by a gateway that is no container of the run. A bridge's
 * own address is none, as that is the machine, which would forward.
 */
export function straysFrom(routes: readonly Route[], { subnets, members }: OwnNetworks): Route[] {
  const inside = [...subnets, ...NEVER_FORWARDED].map((cidr) => ipaddr.parseCIDR(cidr));
  const known = new Set(members.map((member) => ipaddr.parse(member).toString()));
  return routes.filter((route) => {
    if (route.type !== 'unicast')
      return route.type !== 'multicast' && route.type !== 'local' && leadsOut(route);
    if (route.gateway !== undefined && !known.has(ipaddr.parse(route.gateway).toString())) return true;
    return route.destination === 'default' || !isInside(route.destination, inside);
  });
}

function isInside(destination: string, ranges: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]): boolean {
  const [address, length] = destination.includes('/')
    ? ipaddr.parseCIDR(destination)
    : [ipaddr.parse(destination), Infinity];
  return ranges.some(
    ([range, prefix]) => range.kind() === address.kind() && length >= prefix && address.match(range, prefix),
  );
}
