import { expect, it } from 'vitest';

import type { Family } from '../../base/addresses.ts';
import type { TrafficObservation } from '../../reports/record/record.ts';
import { V4, V6 } from './fake-observations.ts';
import { checkTraffic } from './special.ts';

/** 100 connections to an address, of which some were lost. */
const stream = (family: Family, lost: number): TrafficObservation => ({
  kind: 'traffic',
  at: 100,
  endedAt: 2100,
  step: 'watched',
  service: 'web',
  family,
  address: family === 'IPv4' ? V4 : V6,
  sent: 100,
  lost,
  failures: lost > 0 ? [{ at: 600, outcome: 'timeout (nothing within 1000 ms)' }] : [],
});

const traffic = { service: 'web', port: 80, lost: 0, outage: ['IPv6' as const] };

it.each([
  ['the outage that is wanted', 0, 40, 'IPv4 true, IPv6 true'],
  ['no outage', 0, 0, 'IPv4 true, IPv6 false'],
  ['an outage without begin or end', 0, 100, 'IPv4 true, IPv6 false'],
  ['an outage of the other family too', 3, 40, 'IPv4 false, IPv6 true'],
])('with an outage of IPv6: %s', (_, lost4, lost6, verdicts) => {
  const checks = checkTraffic('watched', traffic, [stream('IPv4', lost4), stream('IPv6', lost6)]);
  expect(checks.map(({ subject, ok }) => `${subject} ${ok}`).join(', ')).toBe(verdicts);
});

it('tells in words what was wanted and seen', () => {
  expect(checkTraffic('watched', traffic, [stream('IPv4', 3), stream('IPv6', 0)])).toEqual([
    {
      step: 'watched',
      subject: 'IPv4',
      ok: false,
      expected: `at most 0 connections to ${V4} are lost`,
      observed: '3 of 100 in 2000 ms, the first after 500 ms: timeout (nothing within 1000 ms)',
    },
    {
      step: 'watched',
      subject: 'IPv6',
      ok: false,
      expected: `some connections to ${V6} are lost, and not all`,
      observed: '0 of 100 in 2000 ms',
    },
  ]);
});
