import { FAMILIES, type Family } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import type { Fault, FaultPlace, PlacedFault } from './fault.ts';
import { isRunning, nodeOf } from './node-container.ts';
import { dropped, installFilter, removeFilter, type DropRule } from './packet-filter.ts';
import { findNode } from './reach.ts';
import { speakersServe } from './recovery.ts';

const TABLE = 'dualvip_neighbours';

/** ARP (RFC 826), and of NDP (RFC 4861) what ARP is for IPv4: solicitation and advertisement of neighbours. */
const NEIGHBOUR_PACKETS: Readonly<Record<Family, string>> = {
  IPv4: 'meta protocol arp',
  IPv6: 'meta protocol ip6 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert }',
};

/**
 * Whoever asks the link for an address of a node hears nothing, as with a switch that filters them: for VIPs that
 * the node announces and for its own addresses. Who knows the MAC address already still sends to it.
 */
export function droppedNeighbours(place: FaultPlace, fault: PlacedFault): Fault {
  const node = nodeOf(fault);
  const families = fault.families ?? FAMILIES;
  return {
    async prepare(signal) {
      const { addresses } = findNode(await place.nodes(), node);
      const resolved = (stop: AbortSignal) => resolvedFamilies(place, { addresses, signal: stop });
      expectResolved({ wanted: FAMILIES, seen: await resolved(signal), node, when: 'before' });
      return {
        make: (stop) =>
          installFilter(place, { node, table: TABLE, rules: neighbourRules(families), signal: stop }),
        async effect(stop) {
          const wanted = FAMILIES.filter((family) => !families.includes(family));
          expectResolved({ wanted, seen: await resolved(stop), node, when: 'dropped' });
          const counts = await dropped(place, { node, table: TABLE, signal: stop });
          const packets = counts.reduce((sum, one) => sum + one, 0);
          const others = wanted.length > 0 ? `, and still over ${wanted.join()}` : '';
          return `a client that asks for its address hears nothing over ${families.join(' and ')}${others}; ${packets} packets dropped`;
        },
      };
    },
    undo: (signal) => removeFilter(place, { node, table: TABLE, signal }),
    async recovered(signal) {
      const served = await speakersServe(place, signal);
      if (!place.resolves || !(await isRunning(place.docker, node, signal))) return served;
      const { addresses } = findNode(await place.nodes(), node);
      const seen = await resolvedFamilies(place, { addresses, signal });
      expectResolved({ wanted: FAMILIES, seen, node, when: 'afterwards' });
      return ['a client finds its address over both families', served].filter(Boolean).join(', ');
    },
  };
}

/** Both ways for each family: a question that is not heard, and an answer or an announcement that is not sent. */
export function neighbourRules(families: readonly Family[]): DropRule[] {
  return families.flatMap((family): DropRule[] =>
    (['ingress', 'egress'] as const).map((hook) => ({ hook, family, match: NEIGHBOUR_PACKETS[family] })),
  );
}

async function resolvedFamilies(
  { resolves }: FaultPlace,
  { addresses, signal }: { addresses: Partial<Record<Family, string>>; signal: AbortSignal },
): Promise<Family[]> {
  if (!resolves) {
    throw new HarnessError('DUALVIP_FAULT_EFFECT', 'there is no client to see the effect with');
  }
  const answers = await Promise.all(
    FAMILIES.map(async (family) => {
      const address = addresses[family];
      return address !== undefined && (await resolves(address, signal)) ? [family] : [];
    }),
  );
  return answers.flat();
}

function expectResolved(options: {
  wanted: readonly Family[];
  seen: readonly Family[];
  node: string;
  when: string;
}): void {
  const { wanted, seen, node, when } = options;
  if (wanted.join() === seen.join()) return;
  throw new HarnessError(
    'DUALVIP_FAULT_EFFECT',
    `${when}, a client is to find ${node} over ${wanted.join(' and ') || 'no family'}, and found it over ${seen.join(' and ') || 'none'}`,
  );
}
