import { describe, expect, it } from 'vitest';

import { SHAPES, type Shape } from './case.ts';
import { POOL_SHAPES, poolsWith, rangesOf } from './pool-shape.ts';

describe('poolsWith', () => {
  it.each<[Shape, string, string]>([
    ['one-dual', 'dual-pool', 'dual-pool'],
    ['separate', 'ipv4-pool', 'ipv6-pool'],
    ['ipv4-only', 'ipv4-pool', ''],
    ['ipv6-only', '', 'ipv6-pool'],
    ['none', '', ''],
    ['ipv4-full', '', 'dual-pool'],
    ['ipv6-full', 'dual-pool', ''],
    ['two-dual', 'another-pool,dual-pool', 'another-pool,dual-pool'],
  ])('%s: IPv4 of %j, IPv6 of %j', (shape, ipv4, ipv6) => {
    expect(poolsWith('IPv4', shape).join()).toBe(ipv4);
    expect(poolsWith('IPv6', shape).join()).toBe(ipv6);
  });
});

describe('rangesOf', () => {
  it('has one address where another Service takes all, and more of that family where a pool is to grow', () => {
    expect(rangesOf(POOL_SHAPES['ipv6-full'], true)).toEqual({
      v4: { family: 'IPv4', size: 4 },
      v6: { family: 'IPv6', size: 1 },
      more: { family: 'IPv6', size: 4 },
    });
    expect(Object.keys(rangesOf(POOL_SHAPES['ipv6-full'], false))).toEqual(['v4', 'v6']);
  });
});

const names = (shape: Shape) => POOL_SHAPES[shape].pools.map(({ name }) => name).sort();

describe('a change of the pools', () => {
  it.each(SHAPES)('of %s leads to the pools of the shape that it says', (shape) => {
    const { add, remove } = POOL_SHAPES[shape];
    const before = names(shape);
    const put = 'put' in add ? (add.put ?? []).map(({ name }) => name) : [];
    const removed = 'remove' in remove ? (remove.remove ?? []) : [];
    expect([...new Set([...before, ...put])].sort()).toEqual(names('becomes' in add ? add.becomes : shape));
    expect(before.filter((name) => !removed.includes(name))).toEqual(
      names('becomes' in remove ? remove.becomes : shape),
    );
  });
});
