import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonical, FAMILIES, fromBigInt } from '../../base/addresses.ts';
import { poolsOf } from './pools.ts';

const POOLS = {
  'ipv4-pool': ['172.18.255.240-172.18.255.247'],
  'ipv6-pool': ['fd00:aaaa::fff0-fd00:aaaa::fff7'],
  'dual-pool': ['172.18.255.192-172.18.255.199', 'fd00:aaaa::ff00-fd00:aaaa::ff07'],
  single: ['172.18.255.100-172.18.255.100'],
};

describe('poolsOf', () => {
  it.each([
    ['172.18.255.239', []],
    ['172.18.255.240', ['ipv4-pool']],
    ['172.18.255.247', ['ipv4-pool']],
    ['172.18.255.248', []],
    ['fd00:aaaa::ffef', []],
    ['fd00:aaaa::fff0', ['ipv6-pool']],
    ['fd00:aaaa::fff7', ['ipv6-pool']],
    ['fd00:aaaa::fff8', []],
    ['172.18.255.192', ['dual-pool']],
    ['fd00:aaaa::ff07', ['dual-pool']],
    ['172.18.255.100', ['single']],
    ['172.18.255.101', []],
    // Written otherwise, it is the same address.
    ['FD00:AAAA:0::FFF0', ['ipv6-pool']],
  ])('%s is of %j', (address, names) => {
    expect(poolsOf(address, POOLS)).toEqual(names);
  });

  it('takes a range of one address written as that address', () => {
    expect(poolsOf('192.0.2.7', { one: ['192.0.2.7'] })).toEqual(['one']);
    expect(poolsOf('192.0.2.8', { one: ['192.0.2.7'] })).toEqual([]);
  });

  it('has nothing inside a range from one family to the other', () => {
    const pools = { both: ['192.0.2.0-2001:db8::9'] };
    expect(poolsOf('192.0.2.1', pools)).toEqual([]);
    expect(poolsOf('2001:db8::1', pools)).toEqual([]);
  });

  it('names every pool that an address is inside', () => {
    const pools = { a: ['192.0.2.0-192.0.2.9'], b: ['192.0.2.9-192.0.2.20'] };
    expect(poolsOf('192.0.2.9', pools)).toEqual(['a', 'b']);
  });

  it('never takes an address for one of the other family, though their numbers are in the range', () => {
    expect(poolsOf('::1', { low: ['0.0.0.0-255.255.255.255'] })).toEqual([]);
    expect(poolsOf('0.0.0.1', { low: ['::-::ffff:ffff'] })).toEqual([]);
  });

  it('is arithmetic on addresses, not on texts', () => {
    const family = fc.constantFrom(...FAMILIES);
    const number = fc.bigInt({ min: 0n, max: 0xffff_ffffn });
    fc.assert(
      fc.property(family, number, number, number, (of, value, one, other) => {
        const [low, high] = one < other ? [one, other] : [other, one];
        const [address, first, last] = [value, low, high].map((each) => canonical(fromBigInt(each, of)));
        const inside = low <= value && value <= high;
        expect(poolsOf(address ?? '', { pool: [`${first}-${last}`] })).toEqual(inside ? ['pool'] : []);
      }),
    );
  });
});
