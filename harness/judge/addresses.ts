import { canonical, type Family } from '../../base/addresses.ts';
import type { ExpectedAddress } from '../scenario/expectation.ts';
import { poolsOf, type PoolRanges } from './pools.ts';

export interface AddressesOptions {
  family: Family;
  /** The expected ones of the family. */
  wanted: readonly ExpectedAddress[];
  /** The Service's ones of the family. */
  addresses: readonly string[];
  pools: PoolRanges;
}

/** Compares the addresses of one family with what is expected of it. */
export function addressesCheck({ family, wanted, addresses, pools }: AddressesOptions): {
  ok: boolean;
  expected: string;
} {
  // Each wanted address takes one that fits; the more particular a wanted one is, the earlier it chooses.
  const left = new Set(addresses);
  const unmet = wanted
    .toSorted((a, b) => particularity(b) - particularity(a))
    .filter((one) => {
      const fitting = [...left].find((address) => fits(one, address, pools));
      return fitting === undefined || !left.delete(fitting);
    });
  return {
    ok: unmet.length === 0 && left.size === 0,
    expected: wanted.length === 0 ? `no ${family} address` : wanted.map(describeWanted).join(', '),
  };
}

function particularity({ pool, address }: ExpectedAddress): number {
  return (address === undefined ? 0 : 2) + (pool === undefined ? 0 : 1);
}

function fits({ pool, address }: ExpectedAddress, candidate: string, pools: PoolRanges): boolean {
  return (
    (address === undefined || canonical(address) === candidate) &&
    (pool === undefined || poolsOf(candidate, pools).includes(pool))
  );
}

function describeWanted({ family, pool, address }: ExpectedAddress): string {
  return (address ?? `an ${family} address`) + (pool ? ` of ${pool}` : '');
}
