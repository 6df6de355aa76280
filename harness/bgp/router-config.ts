import { FAMILIES, type Family } from '../../base/addresses.ts';
import type { Bgp } from '../scenario/pool.ts';

/** The autonomous systems, out of those for private use (RFC 6996). */
export const CLUSTER_ASN = 64_512;
export const ROUTER_ASN = 64_513;

/** BFD's profile at the router; the nodes' is the same. A node is missed after three intervals (RFC 5880, 6.8.4). */
export const BFD = { intervalMs: 100, multiplier: 3 } as const;

/** The part of the hold time after which a session is kept alive (RFC 4271, 4.4). */
const KEEPALIVES = 3;

export interface RouterConfigOptions {
  /** The router's own address on the nodes' link: its identifier. */
  id: string;
  /** The nodes' addresses on it. */
  nodes: readonly Partial<Record<Family, string>>[];
  bgp: Bgp;
}

/** FRR's configuration of the router: https://docs.frrouting.org/en/latest/bgp.html */
export function routerConfig({ id, nodes, bgp }: RouterConfigOptions): string {
  const neighbours = bgp.sessions.flatMap((family) =>
    nodes.flatMap(({ [family]: address }) => (address === undefined ? [] : [{ family, address }])),
  );
  const lines = [
    'frr defaults traditional',
    'hostname router',
    'log file /var/log/frr/frr.log informational',
    'log timestamp precision 3',
    // Else the next hop of an IPv6 route is a link-local address, which names no node.
    'route-map global-next-hop permit 10',
    ' set ipv6 next-hop prefer-global',
    'exit',
    `router bgp ${ROUTER_ASN}`,
    ` bgp router-id ${id}`,
    ' no bgp ebgp-requires-policy',
    ' no bgp default ipv4-unicast',
    ...(bgp.gracefulRestart ? [' bgp graceful-restart'] : []),
    // Both sides keep to the lower hold time of the two (RFC 4271, 4.2), so it need not be set at the nodes.
    ` timers bgp ${Math.floor(bgp.holdTime / KEEPALIVES)} ${bgp.holdTime}`,
    ...neighbours.flatMap(({ address }) => [
      ` neighbor ${address} remote-as ${CLUSTER_ASN}`,
      // The nodes listen on no port, so it would be refused.
      ` neighbor ${address} passive`,
      ...(bgp.bfd ? [` neighbor ${address} bfd profile fast`] : []),
    ]),
    ...FAMILIES.flatMap((family) => [
      ` address-family ${family.toLowerCase()} unicast`,
      '  maximum-paths 64',
      ...neighbours
        .filter((one) => bgp.bothFamilies || one.family === family)
        .flatMap(({ address }) => [
          `  neighbor ${address} activate`,
          ...(family === 'IPv6' ? [`  neighbor ${address} route-map global-next-hop in`] : []),
        ]),
      ' exit-address-family',
    ]),
    'exit',
    ...(bgp.bfd
      ? [
          'bfd',
          ' profile fast',
          `  detect-multiplier ${BFD.multiplier}`,
          `  receive-interval ${BFD.intervalMs}`,
          `  transmit-interval ${BFD.intervalMs}`,
          ' exit',
          'exit',
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Which daemons FRR starts. Their command lines are as Debian's, but for the port of vtysh, which needs none. */
export const DAEMONS = `bgpd=yes
bfdd=yes
vtysh_enable=yes
zebra_options="-A 127.0.0.1 -s 90000000"
mgmtd_options="-A 127.0.0.1"
bgpd_options="-A 127.0.0.1"
staticd_options="-A 127.0.0.1"
bfdd_options="-A 127.0.0.1"
`;
