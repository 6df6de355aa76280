import { describe, expect, it } from 'vitest';

import { poolOf, serviceOf } from './fake-facts.ts';
import { contains, describeOccupancy, occupancyOf, sizeOf } from './pool.ts';

describe('contains', () => {
  const pool = poolOf('p', ['192.0.2.1-192.0.2.4', '2001:db8::-2001:db8::f']);
  const careful = poolOf('q', ['192.0.2.0-192.0.3.255', '2001:db8::-2001:db8::ff'], { avoidBuggyIPs: true });

  it.each([
    [pool, '192.0.2.1', true],
    [pool, '192.0.2.4', true],
    [pool, '192.0.2.0', false],
    [pool, '192.0.2.5', false],
    [pool, '2001:db8::', true],
    [pool, '2001:db8::10', false],
    // As numbers they are in the IPv4 range.
    [pool, '::c000:201', false],
    [careful, '192.0.2.255', false],
    [careful, '192.0.3.0', false],
    [careful, '192.0.3.1', true],
    [careful, '2001:db8::', true],
    [careful, '2001:db8::ff', true],
  ])('%o has %s: %s', (one, address, expected) => {
    expect(contains(one, address)).toBe(expected);
  });
});

describe('sizeOf', () => {
  it.each([
    [['192.0.2.1-192.0.2.4'], false, 4n],
    [['192.0.2.0-192.0.2.255'], true, 254n],
    [['192.0.2.255-192.0.3.0'], true, 0n],
    [['192.0.2.1-192.0.2.254'], true, 254n],
    [['192.0.2.250-192.0.3.5', '192.0.9.1-192.0.9.1'], true, 11n],
    [['2001:db8::-2001:db8:0:0:ffff:ffff:ffff:ffff'], true, 0n],
  ])('of %j, avoidBuggyIPs %s', (ranges, avoidBuggyIPs, expected) => {
    expect(sizeOf(poolOf('p', ranges, { avoidBuggyIPs }), 'IPv4')).toBe(expected);
  });

  it('counts a /64 without loss', () => {
    expect(sizeOf(poolOf('p', ['2001:db8::-2001:db8::ffff:ffff:ffff:ffff']), 'IPv6')).toBe(2n ** 64n);
  });
});

describe('occupancyOf', () => {
  const pool = poolOf('p', ['192.0.2.1-192.0.2.2']);
  const services = ['a', 'b', 'c'].map((name, index) =>
    serviceOf({ name, addresses: [`192.0.2.${index === 0 ? 1 : 2}`, `2001:db8::${index}`] }),
  );

  it('counts a shared address once, and tells who holds them', () => {
    const occupancy = occupancyOf(pool, 'IPv4', services);
    expect(occupancy.full).toBe(true);
    expect(describeOccupancy(pool, 'IPv4', occupancy)).toBe(
      'pool p: 2 of 2 IPv4 addresses are held, by shop/a, shop/b, and shop/c',
    );
  });

  it('believes the implementation that none is left', () => {
    const counted = { ...pool, available: { IPv4: 0 } };
    const occupancy = occupancyOf(counted, 'IPv4', services.slice(0, 1));
    expect(occupancy.full).toBe(true);
    expect(describeOccupancy(counted, 'IPv4', occupancy)).toBe(
      'pool p: 1 of 2 IPv4 addresses are held, by shop/a; its status says 0 available',
    );
  });

  it('is not full with one left', () => {
    expect(occupancyOf(pool, 'IPv4', services.slice(0, 1)).full).toBe(false);
  });
});
