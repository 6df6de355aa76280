import { parseAddress, familyOf, toBigInt } from '../../base/addresses.ts';

/** The addresses of each pool, as `first-last`, by its name. */
export type PoolRanges = Readonly<Record<string, readonly string[]>>;

/** The names of the pools that an address is inside; first and last of a range are inside. */
export function poolsOf(address: string, pools: PoolRanges): string[] {
  return Object.entries(pools)
    .filter(([, ranges]) => ranges.some((range) => isInside(address, range)))
    .map(([name]) => name);
}

function isInside(address: string, range: string): boolean {
  const [first = '', last = first] = range.split('-');
  const [value, low, high] = [address, first, last].map(parseAddress);
  if (!value || !low || !high || familyOf(value) !== familyOf(low)) return false;
  return toBigInt(low) <= toBigInt(value) && toBigInt(value) <= toBigInt(high);
}
