import type { Family } from '../../base/addresses.ts';
import type { Pool, Range } from '../scenario/schema.ts';
import type { Shape } from './case.ts';

/** A change of the pools, and the shape that they have after it; or why there is none. */
type Change = { becomes: Shape; put?: Pool[]; remove?: string[] } | { senseless: string };

export interface PoolShape {
  pools: Pool[];
  /** Another Service has every address of this family. */
  full?: Family;
  /** What was missing is made. */
  add: Change;
  /** A pool is taken away. */
  remove: Change;
}

const IPV4_POOL: Pool = { name: 'ipv4-pool', ranges: ['v4'] };
const IPV6_POOL: Pool = { name: 'ipv6-pool', ranges: ['v6'] };
const DUAL_POOL: Pool = { name: 'dual-pool', ranges: ['v4', 'v6'] };

const NOTHING_MISSING: Change = { senseless: 'no pool is missing that could be added' };
const LIKE_ONE_DUAL: Change = {
  senseless: 'with its pool gone it does not matter what was full: see one-dual',
};

export const POOL_SHAPES: Readonly<Record<Shape, PoolShape>> = {
  'one-dual': {
    pools: [DUAL_POOL],
    add: NOTHING_MISSING,
    remove: { becomes: 'none', remove: ['dual-pool'] },
  },
  separate: {
    pools: [IPV4_POOL, IPV6_POOL],
    add: NOTHING_MISSING,
    remove: { becomes: 'ipv4-only', remove: ['ipv6-pool'] },
  },
  'ipv4-only': {
    pools: [IPV4_POOL],
    add: { becomes: 'separate', put: [IPV6_POOL] },
    remove: { becomes: 'none', remove: ['ipv4-pool'] },
  },
  'ipv6-only': {
    pools: [IPV6_POOL],
    add: { becomes: 'separate', put: [IPV4_POOL] },
    remove: { becomes: 'none', remove: ['ipv6-pool'] },
  },
  none: {
    pools: [],
    add: { becomes: 'one-dual', put: [DUAL_POOL] },
    remove: { senseless: 'there is no pool that could be taken away' },
  },
  'ipv4-full': {
    pools: [DUAL_POOL],
    full: 'IPv4',
    add: { becomes: 'one-dual', put: [{ ...DUAL_POOL, ranges: ['v4', 'v6', 'more'] }] },
    remove: LIKE_ONE_DUAL,
  },
  'ipv6-full': {
    pools: [DUAL_POOL],
    full: 'IPv6',
    add: { becomes: 'one-dual', put: [{ ...DUAL_POOL, ranges: ['v4', 'v6', 'more'] }] },
    remove: LIKE_ONE_DUAL,
  },
  'two-dual': {
    // By name, the one that is taken away comes first.
    pools: [{ name: 'another-pool', ranges: ['other-v4', 'other-v6'] }, DUAL_POOL],
    add: NOTHING_MISSING,
    remove: { becomes: 'one-dual', remove: ['another-pool'] },
  },
};

/** More than any case needs; one where it has to be full. */
const SIZE = 4;

/** The ranges that the pools of a shape are made of, before and after the change. */
export function rangesOf({ pools, full, add }: PoolShape, changed: boolean): Record<string, Range> {
  const put = changed && 'put' in add ? (add.put ?? []) : [];
  const names = new Set([...pools, ...put].flatMap(({ ranges }) => ranges));
  return Object.fromEntries(
    [...names].map((name) => {
      const family = name === 'more' && full ? full : name.endsWith('v4') ? 'IPv4' : 'IPv6';
      return [name, { family, size: full === family && name !== 'more' ? 1 : SIZE }];
    }),
  );
}

/** The names of the pools that have a free address of a family. */
export function poolsWith(family: Family, shape: Shape): string[] {
  const { pools, full } = POOL_SHAPES[shape];
  if (family === full) return [];
  const suffix = family === 'IPv4' ? 'v4' : 'v6';
  return pools.filter(({ ranges }) => ranges.some((name) => name.endsWith(suffix))).map(({ name }) => name);
}
