import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  canonical,
  FAMILIES,
  familyOf,
  fromBigInt,
  hostPort,
  isIn,
  parseAddress,
  toBigInt,
  type Family,
} from './addresses.ts';
import { HarnessError } from './errors.ts';

const BITS: Record<Family, bigint> = { IPv4: 32n, IPv6: 128n };

/** An address of either family as its number. */
const anyAddress = fc
  .constantFrom(...FAMILIES)
  .chain((family) =>
    fc.bigInt({ min: 0n, max: (1n << BITS[family]) - 1n }).map((value) => ({ family, value })),
  );

describe('isIn', () => {
  it.each([
    ['10.244.1.1', '10.244.1.0/24', true],
    ['10.244.2.1', '10.244.1.0/24', false],
    ['fd00:10:244:1::1', 'fd00:10:244:1::/64', true],
    ['fd00:10:244:2::1', 'fd00:10:244:1::/64', false],
    ['10.244.1.1', '::/0', false],
    ['fd00::1', '0.0.0.0/0', false],
  ])('%s in %s: %s', (address, cidr, expected) => {
    expect(isIn(address, cidr)).toBe(expected);
  });
});

describe('parseAddress', () => {
  it.each([
    ['192.0.2.1', 'IPv4'],
    ['0.0.0.0', 'IPv4'],
    ['::', 'IPv6'],
    ['2001:db8::1', 'IPv6'],
    ['2001:DB8:0:0::0001', 'IPv6'],
    // IPv4-mapped (RFC 4291, 2.5.5.2) is IPv6: Kubernetes counts it so, too.
    ['::ffff:192.0.2.1', 'IPv6'],
  ])('takes %s as %s', (text, family) => {
    expect(familyOf(parseAddress(text))).toBe(family);
    expect(familyOf(text)).toBe(family);
  });

  it.each([
    '',
    '10',
    '10.1',
    '0x7f.1',
    '010.0.0.1',
    '192.0.2.256',
    '192.0.2.1/24',
    ' 192.0.2.1',
    '1::2::3',
    'web',
  ])('refuses "%s"', (text) => {
    expect(() => parseAddress(text)).toThrow(
      new HarnessError('DUALVIP_ADDRESS_INVALID', `"${text}" is not an IPv4 or IPv6 address`),
    );
  });
});

describe('canonical', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    // RFC 5952, 4.2.2: one field of zeros stays; 4.2.3: the longest run is shortened, of equal ones the first.
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ])('writes %s as %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
    expect(canonical(parseAddress(text))).toBe(expected);
  });
});

describe('hostPort', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1:80'],
    ['2001:db8::1', '[2001:db8::1]:80'],
    ['2001:DB8::0:1', '[2001:db8::1]:80'],
  ])('joins %s and a port as %s, which a URL takes', (address, expected) => {
    expect(hostPort(address, 80)).toBe(expected);
    expect(new URL(`http://${expected}/`).host).toBe(expected.replace(/:80$/, ''));
  });
});

describe('toBigInt and fromBigInt', () => {
  it.each([
    ['0.0.0.0', 0n],
    ['1.2.3.4', 0x01_02_03_04n],
    ['255.255.255.255', 0xff_ff_ff_ffn],
    ['::1', 1n],
    ['fd00::ffff', (0xfd00n << 112n) | 0xffffn],
  ])('%s is %d', (text, value) => {
    expect(toBigInt(parseAddress(text))).toBe(value);
  });

  it('are inverse, also by way of the canonical text', () => {
    fc.assert(
      fc.property(anyAddress, ({ family, value }) => {
        const address = fromBigInt(value, family);
        expect(familyOf(address)).toBe(family);
        expect(toBigInt(address)).toBe(value);
        expect(toBigInt(parseAddress(canonical(address)))).toBe(value);
      }),
    );
  });
});
