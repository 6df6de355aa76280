import { describe, expect, it } from 'vitest';

import { canonical, type Family } from '../../base/addresses.ts';
import { literalRange, overlaps, type Addresses } from './literal-range.ts';

function rangeOf(text: string, family: Family): Addresses {
  const read = literalRange(text, family);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

describe('literalRange', () => {
  it.each([
    ['10.0.50.1-10.0.50.254', 'IPv4', '10.0.50.1', '10.0.50.254'],
    ['fd00:1::1-fd00:1::fe', 'IPv6', 'fd00:1::1', 'fd00:1::fe'],
    ['192.168.7.7-192.168.7.7', 'IPv4', '192.168.7.7', '192.168.7.7'],
  ] as const)('reads %s', (text, family, first, last) => {
    const range = rangeOf(text, family);
    expect([range.first, range.last].map((one) => canonical(one))).toEqual([first, last]);
  });

  it.each([
    ['10.0.50.1', 'IPv4', 'write addresses as `first-last`'],
    ['10.0.50.1-10.0.50.2-10.0.50.3', 'IPv4', 'write addresses as `first-last`'],
    ['10.0.50.1-10.0.50', 'IPv4', '"10.0.50" is not an IPv4 or IPv6 address'],
    ['10.0.50.1-fd00:1::1', 'IPv4', 'fd00:1::1 is no IPv4 address'],
    ['10.0.50.9-10.0.50.1', 'IPv4', 'the last address comes before the first'],
    ['8.8.8.8-8.8.8.9', 'IPv4', "8.8.8.8 may be somebody's: take private addresses (RFC 1918, RFC 4193)"],
    ['2600::1-2600::2', 'IPv6', "2600::1 may be somebody's: take private addresses (RFC 1918, RFC 4193)"],
  ] as const)('says what is wrong with %s', (text, family, problem) => {
    expect(literalRange(text, family)).toBe(problem);
  });
});

describe('overlaps', () => {
  it.each([
    ['10.0.50.0/24', true],
    ['10.0.0.0/8', true],
    ['10.0.50.128/25', true],
    ['10.0.50.200/32', true],
    ['10.0.51.0/24', false],
    ['10.0.49.0/24', false],
    ['fd00:1::/64', false],
  ])('of 10.0.50.1-10.0.50.254 with %s: %s', (subnet, answer) => {
    expect(overlaps(rangeOf('10.0.50.1-10.0.50.254', 'IPv4'), subnet)).toBe(answer);
  });

  it('knows both families', () => {
    expect(overlaps(rangeOf('fd00:1::1-fd00:1::fe', 'IPv6'), 'fd00:1::/64')).toBe(true);
    expect(overlaps(rangeOf('fd00:1::1-fd00:1::fe', 'IPv6'), 'fd00:2::/64')).toBe(false);
  });
});
