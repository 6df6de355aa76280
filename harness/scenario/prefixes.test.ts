import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';

import { fromBigInt, parseAddress, toBigInt, type Family } from '../../base/addresses.ts';
import { prefixesOf } from './prefixes.ts';

const cover = (first: string, last: string) =>
  prefixesOf({ first: parseAddress(first), last: parseAddress(last) });

describe('prefixesOf', () => {
  it('is one prefix where the range is one', () => {
    expect(cover('172.18.255.240', '172.18.255.247')).toEqual(['172.18.255.240/29']);
    expect(cover('fd00:aaaa::fff0', 'fd00:aaaa::fff7')).toEqual(['fd00:aaaa::fff0/125']);
  });

  it('is the single addresses at the ends of one that is not', () => {
    expect(cover('192.0.2.1', '192.0.2.6')).toEqual([
      '192.0.2.1/32',
      '192.0.2.2/31',
      '192.0.2.4/31',
      '192.0.2.6/32',
    ]);
    expect(cover('2001:db8::', '2001:db8::4')).toEqual(['2001:db8::/126', '2001:db8::4/128']);
  });

  it('covers all of a family', () => {
    expect(cover('0.0.0.0', '255.255.255.255')).toEqual(['0.0.0.0/0']);
  });

  it('covers every address of the range once, and no other', () => {
    const range = fc.record({
      family: fc.constantFrom<Family>('IPv4', 'IPv6'),
      start: fc.integer({ min: 0, max: 2 ** 16 }),
      size: fc.integer({ min: 1, max: 1024 }),
    });
    fc.assert(
      fc.property(range, ({ family, start, size }) => {
        const base = toBigInt(parseAddress(family === 'IPv4' ? '10.96.0.0' : 'fd00:1::')) + BigInt(start);
        const first = fromBigInt(base, family);
        const last = fromBigInt(base + BigInt(size) - 1n, family);
        let next = base;
        for (const prefix of prefixesOf({ first, last })) {
          const [address, length] = ipaddr.parseCIDR(prefix);
          expect(toBigInt(address)).toBe(next);
          next += 1n << BigInt((family === 'IPv4' ? 32 : 128) - length);
        }
        expect(next).toBe(base + BigInt(size));
      }),
    );
  });
});
