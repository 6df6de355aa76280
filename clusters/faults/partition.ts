import type { ClusterNode } from '../nodes.ts';
import type { Fault, FaultPlace, PlacedFault } from './fault.ts';
import { nodeOf } from './node-container.ts';
import { installFilter, removeFilter, type DropRule } from './packet-filter.ts';
import { expectReach, KUBELET_PORT } from './reach.ts';
import { nodeRecovered } from './recovery.ts';

const TABLE = 'dualvip_partition';

/** Cuts a node off from all other nodes, the control plane included; clients on the link still reach it. */
export function partition(place: FaultPlace, fault: PlacedFault): Fault {
  const node = nodeOf(fault);
  return {
    async prepare(signal) {
      const others = (await place.nodes()).filter(({ name }) => name !== node);
      const question = { from: node, to: others, port: KUBELET_PORT };
      await expectReach(place, { ...question, wanted: 'answers', when: 'before', signal });
      return {
        make: (stop) =>
          installFilter(place, { node, table: TABLE, rules: partitionRules(others), signal: stop }),
        async effect(stop) {
          await expectReach(place, { ...question, wanted: 'silent', when: 'cut off', signal: stop });
          return `it hears nothing of ${others.map(({ name }) => name).join(' and ')} over both families`;
        },
      };
    },
    undo: (signal) => removeFilter(place, { node, table: TABLE, signal }),
    recovered: (signal) => nodeRecovered(place, node, signal),
  };
}

/** By MAC address: so it is the same for IPv4, IPv6, ARP, NDP and what comes from pods. */
export function partitionRules(others: readonly Pick<ClusterNode, 'mac'>[]): DropRule[] {
  return others.flatMap(({ mac }): DropRule[] => [
    { hook: 'ingress', match: `ether saddr ${mac}` },
    { hook: 'egress', match: `ether daddr ${mac}` },
  ]);
}
