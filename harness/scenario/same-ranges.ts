import ipaddr from 'ipaddr.js';

import {
  canonical,
  FAMILIES,
  familyOf,
  fromBigInt,
  isIn,
  parseAddress,
  toBigInt,
  type Family,
} from '../../base/addresses.ts';
import type { ClusterNetwork } from '../../clusters/network.ts';

type Subnets = { [family in Family]?: string | undefined };

export interface SameRangesOptions {
  /** As recorded: `first-last`, by name. */
  ranges: Readonly<Record<string, string>>;
  /** Of the link that they were on. */
  subnets: Subnets;
  network: Pick<ClusterNetwork, 'subnets' | 'occupied' | 'gateways'>;
}

export interface SameRanges {
  /** Where they go on the other link; left out are those that cannot be there, and those of no link. */
  placed: Record<string, string>;
  /** What is not as it was. */
  differences: string[];
}

/**
 * The ranges of a recorded case on the link of another cluster: the same addresses where the subnet is the same, else
 * those at the same distance from its begin.
 */
export function sameRanges({ ranges, subnets, network }: SameRangesOptions): SameRanges {
  const placed: Record<string, string> = {};
  const differences: string[] = [];
  const taken = [...network.occupied, ...Object.values(network.gateways)].map(canonical);
  for (const [name, text] of Object.entries(ranges)) {
    const [first, last] = text.split('-').map(parseAddress);
    if (!first || !last) continue;
    const family = familyOf(first);
    const [then, now] = [subnets[family], network.subnets[family]];
    // One that the scenario has written down is not on the link.
    if (then === undefined || !isIn(first, then)) continue;
    const moved = now === undefined ? undefined : movedTo(now, { first, last, subnet: then });
    if (moved === undefined || taken.some((one) => within(one, moved))) {
      differences.push(`range ${name} was ${text}, and is not free here`);
      continue;
    }
    placed[name] = moved.map(canonical).join('-');
    if (placed[name] !== text) differences.push(`range ${name} was ${text}, and is ${placed[name]} here`);
  }
  return { placed, differences };
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, ipaddr.IPv4 | ipaddr.IPv6];

function movedTo(
  now: string,
  { first, last, subnet }: { first: Range[0]; last: Range[1]; subnet: string },
): Range | undefined {
  const shift = baseOf(now) - baseOf(subnet);
  const family = familyOf(first);
  const [from, to] = [first, last].map((address) => toBigInt(address) + shift);
  if (from === undefined || to === undefined) return undefined;
  const moved: Range = [fromBigInt(from, family), fromBigInt(to, family)];
  return moved.every((address) => isIn(address, now)) ? moved : undefined;
}

/** A subnet's first address. */
function baseOf(subnet: string): bigint {
  const [address, length] = ipaddr.parseCIDR(subnet);
  const bits = familyOf(address) === FAMILIES[0] ? 32 : 128;
  return toBigInt(address) & -(1n << BigInt(bits - length));
}

function within(address: string, [first, last]: Range): boolean {
  if (familyOf(address) !== familyOf(first)) return false;
  const value = toBigInt(parseAddress(address));
  return toBigInt(first) <= value && value <= toBigInt(last);
}
