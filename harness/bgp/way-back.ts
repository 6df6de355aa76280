import { FAMILIES, type Family } from '../../base/addresses.ts';
import { IP_FLAG } from '../probe/ip-command.ts';

/** What marks the harness's own routes and rules on nodes, so that what a killed run has left is found. */
const PROTOCOL = 157;

export interface WayBackOptions {
  /** The client's network, and the router's address on the nodes' link. */
  subnets: Readonly<Record<Family, string>>;
  router: Readonly<Record<Family, string>>;
  /** What the nodes announce, as prefixes. */
  announced: Readonly<Record<Family, readonly string[]>>;
}

/**
 * A script for a node. The answers to the client go by way of the router. And a packet to an announced address
 * that kube-proxy has not translated, because the Service is gone and the route not yet, would take the node's
 * default route and leave the machine: it is answered as unreachable instead. The node's own packets and its pods'
 * are not looked at.
 */
export function wayBackScript({ subnets, router, announced }: WayBackOptions): string {
  return [
    'set -e',
    ...FAMILIES.flatMap((family) => [
      `ip ${IP_FLAG[family]} route replace ${subnets[family]} via ${router[family]} proto ${PROTOCOL}`,
      ...announced[family].map(
        (prefix) =>
          `ip ${IP_FLAG[family]} rule add pref ${PROTOCOL} iif eth0 to ${prefix} protocol ${PROTOCOL} unreachable`,
      ),
    ]),
  ].join('\n');
}

/** Takes all of it away, whichever run has made it; it is no error that there is nothing. */
export const REMOVE_WAY_BACK = FAMILIES.flatMap((family) => [
  `ip ${IP_FLAG[family]} route flush proto ${PROTOCOL}`,
  // One rule at a time goes by its preference, and each is the last that is tried.
  `while ip ${IP_FLAG[family]} rule del pref ${PROTOCOL} 2>/dev/null; do :; done`,
]).join('\n');
