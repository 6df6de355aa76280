import { describe, expect, it } from 'vitest';

import { canonical } from '../../base/addresses.ts';
import { carveGiven, givenPrefixes, readGiven, type Given } from './given-ranges.ts';

describe('readGiven', () => {
  it.each([
    ['192.168.1.240-192.168.1.250', 'IPv4', '192.168.1.240-192.168.1.250'],
    ['192.168.1.240 - 192.168.1.250', 'IPv4', '192.168.1.240-192.168.1.250'],
    ['192.168.1.240/28', 'IPv4', '192.168.1.240-192.168.1.255'],
    ['FD00:1::F000/124', 'IPv6', 'fd00:1::f000-fd00:1::f00f'],
    ['fd00:1::1-fd00:1::1', 'IPv6', 'fd00:1::1-fd00:1::1'],
  ] as const)('reads %s', (text, family, expected) => {
    expect(readGiven('--range', text, family)).toBe(expected);
  });

  it.each([
    ['192.168.1.240', 'IPv4', 'neither first-last nor a CIDR'],
    ['192.168.1.9-192.168.1.3', 'IPv4', 'the last address comes before the first'],
    ['192.168.1.1/28', 'IPv4', '192.168.1.1 is not the first address of a /28'],
    ['192.168.1.0/33', 'IPv4', '/33 is no length of a prefix'],
    ['fd00::1-fd00::2', 'IPv4', 'fd00::1 is no IPv4 address'],
    ['10.1-10.2', 'IPv4', '"10.1" is not an IPv4 or IPv6 address'],
    ['192.168.1.240/28', 'IPv6', '192.168.1.240 is no IPv6 address'],
  ] as const)('refuses %s as %s', (text, family, problem) => {
    const hint =
      family === 'IPv4'
        ? 'Write for instance --range 192.168.1.240-192.168.1.250 or 192.168.1.240/28.'
        : 'Write for instance --range fd00:1::f000-fd00:1::f0ff or fd00:1::f000/120.';
    expect(() => readGiven('--range', text, family)).toThrow(
      expect.objectContaining({ message: `--range ${text}: ${problem}`, hint, exitCode: 64 }),
    );
  });
});

const dual = (id: string, size = 4) => ({
  id,
  ranges: { v4: { family: 'IPv4' as const, size }, v6: { family: 'IPv6' as const, size } },
});

function placesOf(scenarios: readonly ReturnType<typeof dual>[], given: Given) {
  return Object.fromEntries(
    [...carveGiven(scenarios, given)].map(([id, ranges]) => [
      id,
      typeof ranges === 'string'
        ? ranges
        : ranges.map(({ first, last }) => [first, last].map(canonical).join('-')),
    ]),
  );
}

const GIVEN: Given = { IPv4: '192.168.1.240-192.168.1.250', IPv6: 'fd00:1::f000-fd00:1::f00f' };

describe('carveGiven', () => {
  it('gives each scenario other addresses while there are some, and then the first again', () => {
    expect(placesOf([dual('a'), dual('b'), dual('c')], GIVEN)).toEqual({
      a: ['192.168.1.244-192.168.1.247', 'fd00:1::f00c-fd00:1::f00f'],
      b: ['192.168.1.240-192.168.1.243', 'fd00:1::f008-fd00:1::f00b'],
      c: ['192.168.1.244-192.168.1.247', 'fd00:1::f004-fd00:1::f007'],
    });
  });

  it('says what has no room, and which family was not given', () => {
    expect(placesOf([dual('a', 16)], GIVEN)).toEqual({
      a: '192.168.1.240-192.168.1.250 has no room for the 16 IPv4 addresses that it takes',
    });
    expect(placesOf([dual('a')], { IPv4: '192.168.1.240-192.168.1.250' })).toEqual({
      a: 'it takes IPv6 addresses, and no range of them was given',
    });
  });

  it('keeps apart the ranges of one scenario', () => {
    const ranges = {
      one: { family: 'IPv4' as const, size: 4 },
      two: { family: 'IPv4' as const, size: 4 },
      three: { family: 'IPv4' as const, size: 4 },
    };
    const [places] = carveGiven([{ id: 'a', ranges }], { IPv4: '192.168.1.16-192.168.1.27' }).values();
    if (!places || typeof places === 'string') throw new Error(`no places: ${places}`);
    expect(places.map(({ name, first }) => `${name} ${canonical(first)}`)).toEqual([
      'one 192.168.1.24',
      'two 192.168.1.20',
      'three 192.168.1.16',
    ]);
  });

  it('keeps to the first addresses of a large range', () => {
    expect(placesOf([dual('a')], { ...GIVEN, IPv6: 'fd00:1::-fd00:1::ffff:ffff:ffff:ffff' })).toMatchObject({
      a: ['192.168.1.244-192.168.1.247', 'fd00:1::fffc-fd00:1::ffff'],
    });
  });
});

describe('givenPrefixes', () => {
  it('covers what ranges are cut from', () => {
    expect(givenPrefixes({ IPv4: '192.168.1.240-192.168.1.247', IPv6: 'fd00:1::-fd00:1:1::' })).toEqual([
      '192.168.1.240/29',
      'fd00:1::/112',
    ]);
  });
});
