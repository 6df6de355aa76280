import { parseAddress, familyOf, toBigInt, type Family } from '../../base/addresses.ts';

/** The addresses of each pool, as `first-last`, by its name. */
export type PoolRanges = Readonly<Record<string, readonly string[]>>;

interface Bounds {
  pool: string;
  family: Family;
  first: bigint;
  last: bigint;
}

/** Thousands of addresses are compared with the same few ranges. */
const parsed = new WeakMap<PoolRanges, Bounds[]>();

/** The names of the pools that an address is inside; first and last of a range are inside. */
export function poolsOf(address: string, pools: PoolRanges): string[] {
  const bounds = parsed.get(pools) ?? boundsOf(pools);
  parsed.set(pools, bounds);
  const one = parseAddress(address);
  const [family, value] = [familyOf(one), toBigInt(one)];
  const inside = bounds.filter(
    (range) => range.family === family && range.first <= value && value <= range.last,
  );
  return [...new Set(inside.map(({ pool }) => pool))];
}

function boundsOf(pools: PoolRanges): Bounds[] {
  return Object.entries(pools).flatMap(([pool, ranges]) =>
    ranges.flatMap((range): Bounds[] => {
      const [first = '', last = first] = range.split('-');
      const [low, high] = [parseAddress(first), parseAddress(last)];
      // Nothing lies between an address of one family and one of the other.
      if (familyOf(low) !== familyOf(high)) return [];
      return [{ pool, family: familyOf(low), first: toBigInt(low), last: toBigInt(high) }];
    }),
  );
}
