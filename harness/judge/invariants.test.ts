import { describe, expect, it } from 'vitest';

import type { Observation } from '../../reports/record/record.ts';
import { event, service, V4, V6 } from './fake-observations.ts';
import { checkInvariants, INVARIANTS, invariantStep, type Invariant } from './invariants.ts';
import type { TellingOf } from './expectation.ts';

const ANNOTATIONS = { addresses: 'lb/addresses', pool: 'lb/pool', share: 'lb/share' };
const OTHER_V4 = '172.18.255.241';

const POOLS: Observation = {
  kind: 'pools',
  at: 0,
  pools: { 'dual-pool': ['172.18.255.240-172.18.255.247', 'fd00:aaaa::fff0-fd00:aaaa::fff7'] },
};
const NUDGES: Observation[] = [
  { kind: 'nudge', at: 100, nudge: 'annotate', endedAt: 150 },
  { kind: 'nudge', at: 150, nudge: 'restart-controller', endedAt: 400 },
];

const balancer = (fields: Parameters<typeof service>[0] = {}) =>
  service({ type: 'LoadBalancer', namespace: 'demo', addresses: [V4, V6], ...fields });

interface Given {
  pools?: Observation;
  telling?: TellingOf;
}

/** `subject: observed` of the violations; of one invariant, which must have been looked at. */
function violations(
  invariant: Invariant,
  observed: Observation[],
  { pools = POOLS, telling }: Given = {},
): string[] {
  const checks = checkInvariants({
    observations: [pools, ...observed, ...NUDGES],
    telling,
    annotations: ANNOTATIONS,
  }).filter(({ step }) => step === invariantStep(invariant));
  expect(checks.length).toBeGreaterThan(0);
  return checks.flatMap(({ ok, subject, observed: text }) => (ok ? [] : [`${subject}: ${text}`]));
}

it('are not checked where nothing was nudged', () => {
  expect(checkInvariants({ observations: [balancer()], telling: undefined, annotations: {} })).toEqual([]);
});

it('hold for a Service that is as it should be', () => {
  const checks = checkInvariants({
    observations: [POOLS, balancer(), ...NUDGES],
    telling: undefined,
    annotations: ANNOTATIONS,
  });
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(checks.map(({ expected }) => expected)).toContain(INVARIANTS.stays);
});

describe('stays', () => {
  it.each([
    ['one that goes and comes back', [[V6], [V4, V6]], ['IPv4']],
    ['both', [[], [V4, V6]], ['IPv4', 'IPv6']],
    ['another address', [[OTHER_V4, V6]], ['IPv4']],
    ['the order', [[V6, V4]], ['pair']],
  ])('sees %s', (_, later, subjects) => {
    const observed = [
      balancer(),
      ...later.map((addresses, index) => balancer({ at: 200 + index * 10, addresses })),
    ];
    expect(violations('stays', observed).map((text) => text.split(':')[0])).toEqual(subjects);
  });

  it('tells the history from the first nudge on', () => {
    const observed = [balancer(), balancer({ at: 210, addresses: [V6] })];
    expect(violations('stays', observed)).toEqual([`IPv4: web: -90 ms ${V4} ${V6}, 110 ms ${V6}`]);
  });

  it('tells no more than the begin of what goes on without end', () => {
    const states = Array.from({ length: 200 }, (_, index) =>
      balancer({ at: 101 + index, addresses: index % 2 === 0 ? [V6] : [V4, V6] }),
    );
    const [text = ''] = violations('stays', [balancer(), ...states]);
    expect(text.split(', ')).toHaveLength(21);
    expect(text).toMatch(/, 19 ms fd00:aaaa::fff0, and 181 more$/);
  });

  it('does not look at what was before, nor at what comes after', () => {
    const observed = [
      balancer({ at: 20, addresses: [] }),
      balancer({ at: 50 }),
      balancer({ at: 500, addresses: [] }),
    ];
    expect(violations('stays', observed)).toEqual([]);
  });
});

describe('in-pool', () => {
  it('sees an address of no pool', () => {
    const observed = [balancer({ addresses: ['192.0.2.1', V6] })];
    expect(violations('in-pool', observed)).toEqual(['IPv4: web: 192.0.2.1 is of no pool']);
  });

  it.each([
    [{ autoAssign: false }, {}, 'is for those that ask for it only'],
    [{ autoAssign: false }, { annotations: { 'lb/pool': 'dual-pool' } }, undefined],
    [{ autoAssign: false }, { annotations: { 'lb/addresses': V4 } }, undefined],
    [{ namespaces: ['demo'] }, {}, undefined],
    [{ namespaces: ['other', 'third'] }, {}, 'is for other, third only'],
    [{ serviceSelector: { tier: 'web' } }, { labels: { tier: 'web' } }, undefined],
    [{ serviceSelector: { tier: 'web' } }, { labels: { tier: 'db' } }, 'is for Services with other labels'],
    [{ namespaces: ['other'], serviceSelector: { a: 'b' } }, {}, 'is for other Services'],
  ])('%j and a Service with %j', (limits, fields, why) => {
    const pools: Observation = { ...POOLS, limits: { 'dual-pool': limits } };
    const found = violations('in-pool', [balancer({ addresses: [V4], ...fields })], { pools });
    expect(found).toEqual(why === undefined ? [] : [`IPv4: web: ${V4} is of dual-pool, which ${why}`]);
  });
});

const both = (annotations: [Record<string, string>, Record<string, string>]) => [
  balancer({ annotations: annotations[0] }),
  balancer({ service: 'other', uid: 'uid-2', addresses: [V4], annotations: annotations[1] }),
];

describe('unique', () => {
  it('sees an address that two Services have', () => {
    expect(violations('unique', both([{}, {}]))).toEqual([`IPv4: web and other have ${V4}`]);
  });

  it('takes it where both ask for it, by the same key', () => {
    expect(violations('unique', both([{ 'lb/share': 'a' }, { 'lb/share': 'a' }]))).toEqual([]);
    expect(violations('unique', both([{ 'lb/share': 'a' }, { 'lb/share': 'b' }]))).toHaveLength(1);
    expect(violations('unique', both([{ 'lb/share': 'a' }, {}]))).toHaveLength(1);
  });
});

describe('families', () => {
  it('sees one that the Service is not of, and two of one', () => {
    expect(violations('families', [balancer({ ipFamilies: ['IPv4'] })])).toEqual([
      `IPv6: web has ${V6}, and is of IPv4 only`,
    ]);
    expect(violations('families', [balancer({ addresses: [V4, OTHER_V4] })])).toEqual([
      `IPv4: web has ${V4} and ${OTHER_V4}`,
    ]);
  });
});

describe('says-so', () => {
  it.each([
    ['satisfied', [V4, V6], true],
    ['satisfied', [], false],
    ['partial', [V4], true],
    ['partial', [V4, V6], false],
    ['refused', [], true],
    ['refused', [V4], false],
  ])('%s with %j: %s', (said, addresses, agrees) => {
    const telling: TellingOf = () => ({ said, text: 'words' });
    const found = violations('says-so', [balancer({ addresses }), event()], { telling });
    expect(found).toEqual(
      agrees ? [] : [`pair: web has ${addresses.join(', ') || 'no address'}, and is told: words`],
    );
  });

  it('says nothing of silence', () => {
    expect(violations('says-so', [balancer()], { telling: () => undefined })).toEqual([]);
  });
});

const counted = (moment: 'settled' | 'released', IPv4: number, IPv6: number): Observation => ({
  kind: 'counters',
  at: 420,
  moment,
  pool: 'dual-pool',
  source: 'status',
  assigned: { IPv4, IPv6 },
});

describe('the counters', () => {
  it.each([
    [1, 1, []],
    [2, 1, ['IPv4: dual-pool: its status says 2, Services have 1']],
    [
      0,
      0,
      [
        'IPv4: dual-pool: its status says 0, Services have 1',
        'IPv6: dual-pool: its status says 0, Services have 1',
      ],
    ],
  ])('%d and %d', (IPv4, IPv6, wanted) => {
    expect(violations('counters', [balancer(), counted('settled', IPv4, IPv6)])).toEqual(wanted);
  });

  it('are 0 when the Services are gone', () => {
    expect(violations('released', [balancer(), counted('released', 0, 0)])).toEqual([]);
    expect(violations('released', [balancer(), counted('released', 0, 1)])).toEqual([
      'IPv6: dual-pool: its status says 1',
    ]);
  });
});
