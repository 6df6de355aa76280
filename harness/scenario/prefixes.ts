import { canonical, familyOf, fromBigInt, toBigInt, type Address } from '../../base/addresses.ts';

/** The fewest prefixes that cover the addresses from `first` to `last`, and no other one. */
export function prefixesOf({ first, last }: { first: Address; last: Address }): string[] {
  const family = familyOf(first);
  const bits = family === 'IPv4' ? 32 : 128;
  const end = toBigInt(last);
  const prefixes: string[] = [];
  let next = toBigInt(first);
  while (next <= end) {
    let hostBits = 0;
    // As large as the alignment of its first address and what is left of the range allow.
    for (let size = 2n; hostBits < bits && next % size === 0n && next + size - 1n <= end; size *= 2n) {
      hostBits += 1;
    }
    prefixes.push(`${canonical(fromBigInt(next, family))}/${bits - hostBits}`);
    next += 1n << BigInt(hostBits);
  }
  return prefixes;
}
