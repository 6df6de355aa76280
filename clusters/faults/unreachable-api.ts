import { FAMILIES } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import type { ClusterNode } from '../nodes.ts';
import type { Fault, FaultPlace, PlacedFault } from './fault.ts';
import { nodeOf } from './node-container.ts';
import { installFilter, removeFilter, type DropRule } from './packet-filter.ts';
import { API_PORT, expectReach, findNode, KUBELET_PORT, vantageOf } from './reach.ts';
import { nodeRecovered } from './recovery.ts';

const TABLE = 'dualvip_api_unreachable';

/** Nothing that a node sends to the API server arrives, over either family; all else does. */
export function unreachableApi(place: FaultPlace, fault: PlacedFault): Fault {
  const node = nodeOf(fault);
  return {
    async prepare(signal) {
      const nodes = await place.nodes();
      const servers = nodes.filter(({ role }) => role === 'control-plane');
      if (findNode(nodes, node).role === 'control-plane') {
        throw new HarnessError('DUALVIP_FAULT_TARGET', `${node} has the API server in it`, {
          hint: 'What it says to itself passes no link: name a worker.',
        });
      }
      const api = { from: node, to: servers, port: API_PORT };
      const kubelet = { from: vantageOf(nodes, node).name, to: [findNode(nodes, node)], port: KUBELET_PORT };
      await expectReach(place, { ...api, wanted: 'answers', when: 'before', signal });
      return {
        make: (stop) => installFilter(place, { node, table: TABLE, rules: apiRules(servers), signal: stop }),
        async effect(stop) {
          await Promise.all([
            expectReach(place, { ...api, wanted: 'silent', when: 'cut off from the API', signal: stop }),
            // The control: it is the API alone.
            expectReach(place, { ...kubelet, wanted: 'answers', when: 'cut off from the API', signal: stop }),
          ]);
          return 'it hears nothing of the API server over both families, and is itself still heard';
        },
      };
    },
    undo: (signal) => removeFilter(place, { node, table: TABLE, signal }),
    recovered: (signal) => nodeRecovered(place, node, signal),
  };
}

const PREFIX = { IPv4: 'ip', IPv6: 'ip6' } as const;

/** At the link a Service's ClusterIP has been translated already, so this is what pods send, too. */
export function apiRules(servers: readonly Pick<ClusterNode, 'addresses'>[]): DropRule[] {
  return servers.flatMap(({ addresses }) =>
    FAMILIES.flatMap((family): DropRule[] => {
      const address = addresses[family];
      if (address === undefined) return [];
      return [{ hook: 'egress', family, match: `${PREFIX[family]} daddr ${address} tcp dport ${API_PORT}` }];
    }),
  );
}
