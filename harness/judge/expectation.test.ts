import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FAMILIES } from '../../base/addresses.ts';
import type { EventObservation, ServiceObservation } from '../../reports/record/record.ts';
import { expectSchema } from '../scenario/expectation.ts';
import { checkExpectation, type TellingOf } from './expectation.ts';
import { event, service, V4, V6 } from './fake-observations.ts';

const POOLS = {
  'ipv4-pool': ['172.18.255.240-172.18.255.247'],
  'ipv6-pool': ['fd00:aaaa::fff0-fd00:aaaa::fff7'],
};
const BOTH = [{ family: 'IPv4' }, { family: 'IPv6' }];

interface Seen {
  service?: Partial<ServiceObservation> | 'none';
  events?: EventObservation[];
  others?: Record<string, string[]>;
}

/** What an implementation tells in these tests: the last event. */
const telling: TellingOf = ({ events }) => {
  const last = events.at(-1);
  return last && { said: last.type === 'Normal' ? 'satisfied' : 'refused', text: last.message };
};

/** The checks of what a scenario would write under `expect`, each as a line. */
function check(expected: object, seen: Seen = {}): string[] {
  const stateOf = (fields: Seen['service']) => ({
    service: fields === 'none' ? undefined : service(fields),
    events: seen.events ?? [],
  });
  const checks = checkExpectation(expectSchema.parse({ service: 'web', ...expected }), {
    step: 'assigned',
    telling,
    pools: POOLS,
    state: stateOf(seen.service),
    others: Object.fromEntries(
      Object.entries(seen.others ?? {}).map(([name, addresses]) => [name, stateOf({ addresses })]),
    ),
  });
  expect(checks.every(({ step }) => step === 'assigned')).toBe(true);
  return checks.map(
    ({ ok, subject, expected: wanted, observed }) =>
      `${ok ? 'ok' : 'NOT'} ${subject}: ${wanted} | ${observed}`,
  );
}

describe('expected addresses', () => {
  it('are one of each family, in any order', () => {
    for (const addresses of [
      [V4, V6],
      [V6, V4],
    ]) {
      const pools = addresses.map((one) => `${one} (${one === V4 ? 'ipv4-pool' : 'ipv6-pool'})`);
      expect(check({ addresses: BOTH }, { service: { addresses } })).toEqual([
        `ok IPv4: an IPv4 address | ${V4} (ipv4-pool)`,
        `ok IPv6: an IPv6 address | ${V6} (ipv6-pool)`,
        `ok pair: exactly 2 addresses | ${pools.join(', ')}`,
      ]);
    }
  });

  it('tell which family is missing', () => {
    expect(check({ addresses: BOTH }, { service: { addresses: [V6] } })).toEqual([
      'NOT IPv4: an IPv4 address | no IPv4 address',
      `ok IPv6: an IPv6 address | ${V6} (ipv6-pool)`,
      `NOT pair: exactly 2 addresses | ${V6} (ipv6-pool)`,
    ]);
  });

  it('tell which family has one too many', () => {
    expect(check({ addresses: [{ family: 'IPv4' }] }, { service: { addresses: [V4, V6] } })).toEqual([
      `ok IPv4: an IPv4 address | ${V4} (ipv4-pool)`,
      `NOT IPv6: no IPv6 address | ${V6} (ipv6-pool)`,
      `NOT pair: exactly 1 address | ${V4} (ipv4-pool), ${V6} (ipv6-pool)`,
    ]);
  });

  it('do not let one family stand in for the other', () => {
    const two = { service: { addresses: [V4, '172.18.255.241'] } };
    expect(check({ addresses: BOTH }, two)).toEqual([
      `NOT IPv4: an IPv4 address | ${V4} (ipv4-pool), 172.18.255.241 (ipv4-pool)`,
      'NOT IPv6: an IPv6 address | no IPv6 address',
      `ok pair: exactly 2 addresses | ${V4} (ipv4-pool), 172.18.255.241 (ipv4-pool)`,
    ]);
  });

  it.each([
    ['the first of the pool', '172.18.255.240', 'ok', 'ipv4-pool'],
    ['the last of the pool', '172.18.255.247', 'ok', 'ipv4-pool'],
    ['one above the pool', '172.18.255.248', 'NOT', 'of no pool here'],
    ['one below the pool', '172.18.255.239', 'NOT', 'of no pool here'],
  ])('may have to be of a pool: %s', (_, address, outcome, pools) => {
    const wanted = { addresses: [{ family: 'IPv4', pool: 'ipv4-pool' }] };
    expect(check(wanted, { service: { addresses: [address] } })[0]).toBe(
      `${outcome} IPv4: an IPv4 address of ipv4-pool | ${address} (${pools})`,
    );
  });

  it('of a pool and of any fit, whichever is written or assigned first', () => {
    const [inside, outside] = ['172.18.255.240', '172.18.200.1'];
    for (const wanted of [
      [{ pool: 'ipv4-pool' }, {}],
      [{}, { pool: 'ipv4-pool' }],
    ]) {
      for (const addresses of [
        [inside, outside],
        [outside, inside],
      ]) {
        const expected = wanted.map((one) => ({ family: 'IPv4', ...one }));
        expect(check({ addresses: expected }, { service: { addresses } })[0]).toMatch(/^ok IPv4/);
      }
    }
  });

  it('of one pool cannot be met twice by one address', () => {
    const wanted = { family: 'IPv4', pool: 'ipv4-pool' };
    const seen = { service: { addresses: ['172.18.255.240', '172.18.200.1'] } };
    expect(check({ addresses: [wanted, wanted] }, seen)[0]).toBe(
      'NOT IPv4: an IPv4 address of ipv4-pool, an IPv4 address of ipv4-pool | ' +
        '172.18.255.240 (ipv4-pool), 172.18.200.1 (of no pool here)',
    );
  });

  it('fit exactly when the numbers of each family do, whatever the order', () => {
    const addresses = fc.uniqueArray(
      fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', 'fd00::1', 'fd00::2', 'fd00::3'),
    );
    fc.assert(
      fc.property(
        addresses,
        fc.array(fc.constantFrom(...FAMILIES), { minLength: 1, maxLength: 4 }),
        (had, wanted) => {
          const lines = check(
            { addresses: wanted.map((family) => ({ family })) },
            { service: { addresses: had } },
          );
          const four = had.filter((address) => address.includes('.')).length;
          const wanted4 = wanted.filter((family) => family === 'IPv4').length;
          expect(lines.map((line) => line.split(':')[0])).toEqual([
            `${four === wanted4 ? 'ok' : 'NOT'} IPv4`,
            `${had.length - four === wanted.length - wanted4 ? 'ok' : 'NOT'} IPv6`,
            `${had.length === wanted.length ? 'ok' : 'NOT'} pair`,
          ]);
        },
      ),
    );
  });
});

describe('a Service that is not there', () => {
  it('is said to be missing, and has no address', () => {
    expect(check({ addresses: BOTH, primary: 'IPv4' }, { service: 'none' })).toEqual([
      'NOT pair: Service web exists | it does not',
      'NOT IPv4: an IPv4 address | no IPv4 address',
      'NOT IPv6: an IPv6 address | no IPv6 address',
      'NOT pair: exactly 2 addresses | no address',
      'NOT pair: primary family IPv4 | ipFamilies[0] missing, clusterIPs[0] missing',
    ]);
  });

  it('is not Pending either', () => {
    expect(check({ pending: true }, { service: 'none' })[0]).toBe(
      'NOT pair: Service web exists | it does not',
    );
  });
});

describe('pending', () => {
  it('is to have no address of either family', () => {
    expect(check({ pending: true })).toEqual([
      'ok IPv4: no IPv4 address | no IPv4 address',
      'ok IPv6: no IPv6 address | no IPv6 address',
      'ok pair: Pending: no address | no address',
    ]);
    expect(check({ pending: true }, { service: { addresses: [V6] } })).toEqual([
      'ok IPv4: no IPv4 address | no IPv4 address',
      `NOT IPv6: no IPv6 address | ${V6} (ipv6-pool)`,
      `NOT pair: Pending: no address | ${V6} (ipv6-pool)`,
    ]);
  });
});

describe('order: listed', () => {
  it.each([
    [BOTH, [V4, V6], 'ok pair: in the status IPv4 before IPv6 | IPv4, IPv6'],
    [BOTH, [V6, V4], 'NOT pair: in the status IPv4 before IPv6 | IPv6, IPv4'],
    [BOTH, [V4], 'NOT pair: in the status IPv4 before IPv6 | IPv4'],
    [BOTH, [], 'NOT pair: in the status IPv4 before IPv6 | no address'],
    [BOTH.toReversed(), [V6, V4], 'ok pair: in the status IPv6 before IPv4 | IPv6, IPv4'],
  ])('%j of %j', (wanted, addresses, line) => {
    expect(check({ addresses: wanted, order: 'listed' }, { service: { addresses } }).at(-1)).toBe(line);
  });
});

describe('primary', () => {
  it.each([
    [{ ipFamilies: ['IPv6', 'IPv4'], clusterIPs: ['fd00::1', '10.0.0.1'] }, 'ok', 'IPv6', 'IPv6'],
    [{ ipFamilies: ['IPv4', 'IPv6'], clusterIPs: ['10.0.0.1', 'fd00::1'] }, 'NOT', 'IPv4', 'IPv4'],
    // Both tell it, and both must agree.
    [{ ipFamilies: ['IPv6', 'IPv4'], clusterIPs: ['10.0.0.1', 'fd00::1'] }, 'NOT', 'IPv6', 'IPv4'],
    [{ ipFamilies: ['IPv4', 'IPv6'], clusterIPs: ['fd00::1', '10.0.0.1'] }, 'NOT', 'IPv4', 'IPv6'],
    [{ ipFamilies: ['IPv6'], clusterIPs: [] }, 'NOT', 'IPv6', 'missing'],
    [{ ipFamilies: [], clusterIPs: [] }, 'NOT', 'missing', 'missing'],
    [{ ipFamilies: ['IPv6'], clusterIPs: ['None'] }, 'NOT', 'IPv6', 'None'],
  ] as const)('IPv6 of %j: %s', ({ ipFamilies, clusterIPs }, outcome, family, clusterIP) => {
    const seen = { ipFamilies: [...ipFamilies], clusterIPs: [...clusterIPs] };
    expect(check({ primary: 'IPv6' }, { service: seen })).toEqual([
      `${outcome} pair: primary family IPv6 | ipFamilies[0] ${family}, clusterIPs[0] ${clusterIP}`,
    ]);
  });
});

describe('distinctFrom', () => {
  it.each([
    [['172.18.255.241', 'fd00:aaaa::fff1'], 'ok', 'none'],
    [[], 'ok', 'none'],
    [[V4, 'fd00:aaaa::fff1'], 'NOT', V4],
    [['172.18.255.241', V6], 'NOT', V6],
    [[V6, V4], 'NOT', `${V4}, ${V6}`],
  ])('a Service with %j: %s', (addresses, outcome, shared) => {
    const seen = { service: { addresses: [V4, V6] }, others: { other: addresses } };
    expect(check({ distinctFrom: ['other'] }, seen)).toEqual([
      `${outcome} pair: no address that other has | ${shared}`,
    ]);
  });

  it('looks at each of them', () => {
    const seen = { service: { addresses: [V4, V6] }, others: { one: [], two: [V6] } };
    expect(check({ distinctFrom: ['one', 'two'] }, seen)).toEqual([
      'ok pair: no address that one has | none',
      `NOT pair: no address that two has | ${V6}`,
    ]);
  });
});

describe('events', () => {
  const failed = event({ message: 'no available IPs for pool "ipv4-pool"' });
  const assigned = event({
    type: 'Normal',
    reason: 'nodeAssigned',
    message: 'announcing from node "worker"',
  });
  const all =
    'Warning AllocationFailed: no available IPs for pool "ipv4-pool"; ' +
    'Normal nodeAssigned: announcing from node "worker"';

  it.each([
    [{ reason: 'nodeAssigned' }, 'ok', 'nodeAssigned', 'Normal nodeAssigned: announcing from node "worker"'],
    [
      { reason: 'AllocationFailed', type: 'Warning', message: 'available IPs?\\b' },
      'ok',
      'Warning AllocationFailed with "available IPs?\\b"',
      'Warning AllocationFailed: no available IPs for pool "ipv4-pool"',
    ],
    [{ reason: 'nodeassigned' }, 'NOT', 'nodeassigned', all],
    [{ reason: 'nodeAssigned', type: 'Warning' }, 'NOT', 'Warning nodeAssigned', all],
    [{ reason: 'AllocationFailed', message: '^available' }, 'NOT', 'AllocationFailed with "^available"', all],
  ])('%j: %s', (wanted, outcome, expected, observed) => {
    expect(check({ events: [wanted] }, { events: [failed, assigned] })).toEqual([
      `${outcome} pair: event ${expected} | ${observed}`,
    ]);
  });

  it('says that there is none', () => {
    expect(check({ events: [{ reason: 'AllocationFailed' }] })).toEqual([
      'NOT pair: event AllocationFailed | no event',
    ]);
  });
});

describe('says', () => {
  const refused = event({ message: 'no available IPs' });

  it.each([
    ['refused', [refused], 'ok', 'refused (no available IPs)'],
    ['satisfied', [refused], 'NOT', 'refused (no available IPs)'],
    ['refused', [], 'NOT', 'it says nothing'],
    ['nothing', [], 'ok', 'it says nothing'],
    ['nothing', [refused], 'NOT', 'refused (no available IPs)'],
  ])('%s of %j: %s', (says, events, outcome, observed) => {
    expect(check({ says }, { events })).toEqual([
      `${outcome} pair: the implementation says: ${says} | ${observed}`,
    ]);
  });
});
