import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';

import {
  canonical,
  familyOf,
  FAMILIES,
  parseAddress,
  toBigInt,
  type Address,
  type Family,
} from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import { rangePrefixes, carve, type CarvedRange, type CarveOptions, type WantedRange } from './carve.ts';

const SUBNETS = { IPv4: '172.18.0.0/16', IPv6: 'fc00:f853:ccd:e793::/64' };

function want(family: Family, size: number, name = family === 'IPv4' ? 'v4' : 'v6'): WantedRange {
  return { scenario: 'c2-dual-pool', name, family, size };
}

function cut(ranges: WantedRange[], options: { subnets?: typeof SUBNETS; occupied?: string[] } = {}) {
  return carve({
    subnets: options.subnets ?? SUBNETS,
    ranges,
    occupied: (options.occupied ?? []).map(parseAddress),
    gateways: [parseAddress('172.18.0.1'), parseAddress('fc00:f853:ccd:e793::1')],
  });
}

const show = ({ first, last, prefixLength }: CarvedRange) =>
  `${canonical(first)}-${canonical(last)}${prefixLength === undefined ? '' : ` /${prefixLength}`}`;

describe('carve', () => {
  it('cuts from the top of the subnets, on boundaries that a CIDR can have', () => {
    expect(
      cut([want('IPv4', 8), want('IPv6', 8), want('IPv4', 2, 'small'), want('IPv6', 5, 'odd')]).map(show),
    ).toEqual([
      '172.18.255.240-172.18.255.247 /29',
      'fc00:f853:ccd:e793::fff0-fc00:f853:ccd:e793::fff7 /125',
      '172.18.255.252-172.18.255.253 /31',
      'fc00:f853:ccd:e793::fff8-fc00:f853:ccd:e793::fffc',
    ]);
  });

  it('goes around addresses in use', () => {
    const occupied = ['172.18.255.243', 'fc00:f853:ccd:e793::fff0', '172.18.0.2'];
    expect(cut([want('IPv4', 8), want('IPv6', 8)], { occupied }).map(show)).toEqual([
      '172.18.255.232-172.18.255.239 /29',
      'fc00:f853:ccd:e793::ffe8-fc00:f853:ccd:e793::ffef /125',
    ]);
  });

  it('goes around a gateway at the top, and takes a subnet that is written with an address of it', () => {
    const carved = carve({
      subnets: { IPv4: '10.0.50.254/24' },
      ranges: [want('IPv4', 1)],
      occupied: [],
      gateways: [parseAddress('10.0.50.254')],
    });
    expect(carved.map(show)).toEqual(['10.0.50.253-10.0.50.253 /32']);
  });

  it('avoids addresses that end in .0 or .255, where it can', () => {
    const ranges = Array.from({ length: 32 }, (_, index) => want('IPv4', 8, `r${index}`));
    expect(cut(ranges).at(-1)).toMatchObject({ first: parseAddress('172.18.254.232') });
    expect(cut([want('IPv4', 256)]).map(show)).toEqual(['172.18.254.0-172.18.254.255 /24']);
  });

  it('tells the numbers when the subnet is too small', () => {
    const subnets = { ...SUBNETS, IPv4: '172.18.0.0/28' };
    const attempt = () => cut([want('IPv4', 4), want('IPv4', 8, 'more')], { subnets });
    expect(attempt).toThrow(
      expect.objectContaining({
        code: 'DUALVIP_RANGE_TOO_SMALL',
        message:
          'no room in 172.18.0.0/28 for the 8 IPv4 addresses of range "more" of c2-dual-pool: ' +
          'all ranges together want 12, the upper half of the subnet has 7',
      }),
    );
  });

  it('does not count what a subnet of one address does not have', () => {
    expect(() => cut([want('IPv4', 1)], { subnets: { ...SUBNETS, IPv4: '172.18.0.9/32' } })).toThrow(
      'all ranges together want 1, the upper half of the subnet has 0',
    );
  });

  it('tells which family the network lacks', () => {
    const subnets = { IPv4: '172.18.0.0/16' };
    expect(() => carve({ subnets, ranges: [want('IPv6', 8)], occupied: [], gateways: [] })).toThrow(
      expect.objectContaining({
        code: 'DUALVIP_RANGE_NO_SUBNET',
        message:
          'c2-dual-pool wants IPv6 addresses (range "v6"), but the cluster\'s network has no IPv6 subnet',
      }),
    );
  });
});

/** The ranges, or undefined where they do not fit. */
function carveOrNot(options: CarveOptions): CarvedRange[] | undefined {
  try {
    return carve(options);
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'DUALVIP_RANGE_TOO_SMALL') return undefined;
    throw error;
  }
}

interface Interval {
  family: Family;
  first: bigint;
  last: bigint;
}

const intervalOf = (first: Address, last = first): Interval => {
  return { family: familyOf(first), first: toBigInt(first), last: toBigInt(last) };
};

const meet = (a: Interval, b: Interval) => a.family === b.family && a.first <= b.last && b.first <= a.last;

describe('carve, whatever is asked of it', () => {
  const wanted = fc.array(
    fc.record({
      scenario: fc.constantFrom('c1', 'c2', 'c3'),
      name: fc.string({ minLength: 1, maxLength: 4 }),
      family: fc.constantFrom(...FAMILIES),
      size: fc.integer({ min: 1, max: 256 }),
    }),
    { maxLength: 12 },
  );
  const gateways = [parseAddress('10.96.0.1'), parseAddress('fd00:1::1')];
  const options = fc
    .record({
      ranges: wanted,
      prefix4: fc.integer({ min: 12, max: 28 }),
      prefix6: fc.integer({ min: 48, max: 124 }),
      // Offsets from the top of a /16 and of 16 bits, where ranges would be.
      busy: fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 30 }),
    })
    .map(({ ranges, prefix4, prefix6, busy }) => ({
      ranges,
      subnets: { IPv4: `10.96.0.0/${prefix4}`, IPv6: `fd00:1::/${prefix6}` },
      occupied: busy.flatMap((offset) => [
        parseAddress(`10.96.${255 - (offset >> 8)}.${255 - (offset & 255)}`),
        parseAddress(`fd00:1::${(0xffff - offset).toString(16)}`),
      ]),
      gateways,
    }));

  /** The counterexample to a property of what was carved; inputs that do not fit are replaced by others. */
  const counterexample = (property: (carved: CarvedRange[], input: CarveOptions) => boolean) =>
    fc.defaultReportMessage(
      fc.check(
        fc.property(options, (input) => {
          const carved = carveOrNot(input);
          fc.pre(carved !== undefined);
          return property(carved, input);
        }),
      ),
    );

  it('gives what was asked for, in that order', () => {
    expect(
      counterexample((carved, { ranges }) =>
        carved.every((range, index) => {
          const { first, last, family } = intervalOf(range.first, range.last);
          const asked = ranges[index];
          return (
            asked !== undefined &&
            range.name === asked.name &&
            range.scenario === asked.scenario &&
            family === asked.family &&
            familyOf(range.last) === asked.family &&
            last - first + 1n === BigInt(asked.size)
          );
        }),
      ),
    ).toBeUndefined();
    expect(counterexample((carved, { ranges }) => carved.length === ranges.length)).toBeUndefined();
  });

  it('gives ranges that are disjoint', () => {
    expect(
      counterexample((carved) => {
        const intervals = carved.map(({ first, last }) => intervalOf(first, last));
        return intervals.every((a, index) => !intervals.slice(index + 1).some((b) => meet(a, b)));
      }),
    ).toBeUndefined();
  });

  it('stays inside the upper half of the subnets, off the first and the last address', () => {
    expect(
      counterexample((carved, { subnets }) =>
        carved.every((range) => {
          const [network, prefixLength] = ipaddr.parseCIDR(subnets[range.family] ?? '');
          const size = 1n << BigInt((range.family === 'IPv4' ? 32 : 128) - prefixLength);
          const { first, last } = intervalOf(range.first, range.last);
          const half = size / 2n < 0x8000n || range.family === 'IPv4' ? size / 2n : 0x8000n;
          return first >= toBigInt(network) + half && last < toBigInt(network) + size - 1n;
        }),
      ),
    ).toBeUndefined();
  });

  it('keeps away from addresses in use', () => {
    expect(
      counterexample((carved, { occupied }) => {
        const busy = [...occupied, ...gateways].map((address) => intervalOf(address));
        return carved.every(({ first, last }) => !busy.some((other) => meet(other, intervalOf(first, last))));
      }),
    ).toBeUndefined();
  });

  it('gives a CIDR exactly where the range is one', () => {
    expect(
      counterexample((carved) =>
        carved.every(({ first, last, size, prefixLength }) => {
          if (prefixLength === undefined) return !Number.isInteger(Math.log2(size));
          const cidr = ipaddr.parseCIDR(`${canonical(first)}/${prefixLength}`);
          const bits = familyOf(first) === 'IPv4' ? 32 : 128;
          return (
            toBigInt(first) % BigInt(size) === 0n && last.match(cidr) && size === 2 ** (bits - prefixLength)
          );
        }),
      ),
    ).toBeUndefined();
  });

  it('gives the same again, and always fits into the network that kind makes', () => {
    fc.assert(
      fc.property(wanted, (ranges) => {
        expect(cut(ranges)).toEqual(cut(ranges));
      }),
    );
  });
});

describe('rangePrefixes', () => {
  it('are the upper half of a subnet, of an IPv6 one that of its lowest 16 bits', () => {
    expect(rangePrefixes({ IPv4: '172.18.0.0/16', IPv6: 'fd00:18::/64' })).toEqual([
      '172.18.128.0/17',
      'fd00:18::8000/113',
    ]);
    expect(rangePrefixes({ IPv6: 'fd00:18::/120' })).toEqual(['fd00:18::80/121']);
  });
});
