import ipaddr from 'ipaddr.js';

import {
  FAMILIES,
  familyOf,
  fromBigInt,
  parseAddress,
  toBigInt,
  type Address,
  type Family,
} from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import { literalRange } from './literal-range.ts';
import { prefixesOf } from './prefixes.ts';

/** A range that a scenario asks for. */
export interface WantedRange {
  scenario: string;
  name: string;
  family: Family;
  /** Number of addresses. */
  size: number;
}

export interface CarvedRange extends WantedRange {
  first: Address;
  last: Address;
  /** True where the scenario has said which addresses: they are behind the router, and not on the link. */
  literal?: true;
  /** Where the size is a power of two, so that first/prefixLength is exactly the range. */
  prefixLength?: number;
}

export interface CarveOptions {
  /** The CIDRs of the link that the nodes share. */
  subnets: { [family in Family]?: string | undefined };
  ranges: readonly WantedRange[];
  /** Addresses of nodes and other containers. */
  occupied: readonly Address[];
  gateways: readonly Address[];
}

export interface Interval {
  first: bigint;
  last: bigint;
}

/**
 * Docker hands out addresses from the bottom of a subnet, so ranges come from the upper half, top first. Of an
 * IPv6 subnet only the lowest 16 bits vary (…::8000 to …::fffe): its real top would be unreadable.
 */
const MAX_HOST_BITS = { IPv4: 32, IPv6: 16 } as const;

/**
 * Cuts disjoint ranges out of the subnets, in the order of `ranges`. The same input gives the same ranges.
 * A range starts at a multiple of its size rounded up to a power of two, so that most are also a CIDR.
 * @throws HarnessError `DUALVIP_RANGE_NO_SUBNET` or `DUALVIP_RANGE_TOO_SMALL`
 */
export function carve(options: CarveOptions): CarvedRange[] {
  const taken: Record<Family, Interval[]> = { IPv4: [], IPv6: [] };
  for (const address of [...options.occupied, ...options.gateways]) {
    taken[familyOf(address)].push({ first: toBigInt(address), last: toBigInt(address) });
  }
  // Largest first, so that small ones do not break up the places where large ones fit.
  const carved = new Map<WantedRange, CarvedRange>();
  for (const range of options.ranges.toSorted((a, b) => blockSize(b) - blockSize(a))) {
    const subnet = options.subnets[range.family];
    if (subnet === undefined) {
      throw new HarnessError(
        'DUALVIP_RANGE_NO_SUBNET',
        `${range.scenario} wants ${range.family} addresses (range "${range.name}"), but the cluster's network has no ${range.family} subnet`,
        { hint: 'Run it on a cluster of both families, or take its topology out of the scenario.' },
      );
    }
    const place = findPlace(range, window(subnet, range.family), taken[range.family]);
    if (!place) throw tooSmall(range, subnet, options);
    taken[range.family].push(place);
    carved.set(range, asRange(range, place));
  }
  return options.ranges.flatMap((range) => carved.get(range) ?? []);
}

/** The part of a subnet that ranges are cut from; its last address (IPv4: broadcast) is left out. */
function window(subnet: string, family: Family): Interval {
  const [address, prefixLength] = ipaddr.parseCIDR(subnet);
  const bits = family === 'IPv4' ? 32 : 128;
  const subnetSize = 1n << BigInt(bits - prefixLength);
  const base = toBigInt(address) & -subnetSize;
  const size = 1n << BigInt(Math.min(bits - prefixLength, MAX_HOST_BITS[family]));
  return { first: base + size / 2n, last: base + size - 2n };
}

/** The prefixes of the subnets that ranges are cut from. */
export function rangePrefixes(subnets: CarveOptions['subnets']): string[] {
  return FAMILIES.flatMap((family) => {
    const subnet = subnets[family];
    if (subnet === undefined) return [];
    const { first, last } = window(subnet, family);
    // The last address of the subnet is the one that `window` leaves out.
    return prefixesOf({ first: fromBigInt(first, family), last: fromBigInt(last + 1n, family) });
  });
}

/** The last block of an interval that is free; undefined where there is none. */
export function findPlace(
  range: WantedRange,
  { first, last }: Interval,
  taken: readonly Interval[],
): Interval | undefined {
  const block = BigInt(blockSize(range));
  for (let start = last & -block; start >= first; start -= block) {
    const place = { first: start, last: start + BigInt(range.size) - 1n };
    const free = !taken.some((other) => other.first <= place.last && place.first <= other.last);
    if (free && place.last <= last && !hasBuggyAddress(place, range.family)) return place;
  }
  return undefined;
}

/**
 * Some devices drop IPv4 addresses that end in .0 or .255 (MetalLB's `avoidBuggyIPs`), which would be blamed
 * on the implementation. Ranges of more than 64 addresses cannot avoid them and be aligned too.
 */
function hasBuggyAddress({ first, last }: Interval, family: Family): boolean {
  if (family === 'IPv6' || last - first >= 64n) return false;
  return (first & 0xffn) === 0n || (last & 0xffn) === 0xffn;
}

function blockSize({ size }: WantedRange): number {
  return 2 ** Math.ceil(Math.log2(size));
}

/** A wanted range at its place. */
export function asRange(range: WantedRange, place: Interval): CarvedRange {
  const bits = range.family === 'IPv4' ? 32 : 128;
  const isBlock = range.size === blockSize(range);
  return {
    ...range,
    first: fromBigInt(place.first, range.family),
    last: fromBigInt(place.last, range.family),
    ...(isBlock ? { prefixLength: bits - Math.log2(range.size) } : {}),
  };
}

function tooSmall(range: WantedRange, subnet: string, options: CarveOptions): HarnessError {
  const all = options.ranges.filter(({ family }) => family === range.family);
  const wanted = all.reduce((sum, { size }) => sum + size, 0);
  const { first, last } = window(subnet, range.family);
  const room = last < first ? 0n : last - first + 1n;
  return new HarnessError(
    'DUALVIP_RANGE_TOO_SMALL',
    `no room in ${subnet} for the ${range.size} ${range.family} addresses of range "${range.name}" of ` +
      `${range.scenario}: all ranges together want ${wanted}, the upper half of the subnet has ${room}`,
    { hint: 'Use a larger network for the cluster, smaller ranges, or run fewer scenarios at once.' },
  );
}

/** A range of the link that is to have these addresses, as `first-last`: where it was when a case was recorded. */
export function placedRange(range: WantedRange, addresses: string): CarvedRange {
  const [first, last] = addresses.split('-').map(parseAddress);
  if (!first || !last) throw new TypeError(`${addresses} is not first-last`);
  const place = { first: toBigInt(first), last: toBigInt(last) };
  return asRange({ ...range, size: Number(place.last - place.first + 1n) }, place);
}

/** A range that a scenario has written down. */
export function writtenRange({
  scenario,
  name,
  family,
  addresses,
}: Omit<WantedRange, 'size'> & { addresses: string }): CarvedRange {
  const range = literalRange(addresses, family);
  if (typeof range === 'string') throw new TypeError(`${addresses} passed the scenario's schema: ${range}`);
  const size = Number(toBigInt(range.last) - toBigInt(range.first) + 1n);
  return { scenario, name, family, size, ...range, literal: true };
}
