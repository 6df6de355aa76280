import { expect, it, describe } from 'vitest';

import type { Family } from '../../base/addresses.ts';
import type { Observation, StreamObservation } from '../../reports/record/record.ts';
import { outageSchema } from '../scenario/outage.ts';
import { event, service, V4, V6 } from './fake-observations.ts';
import { judge } from './judge.ts';
import { checkOutage } from './outage.ts';

type Gaps = StreamObservation['gaps'];

/** 10 s of one stream, an attempt every 10 ms. */
function stream(
  kind: StreamObservation['stream'],
  family: Family,
  fields: Partial<StreamObservation> = {},
): StreamObservation {
  const vip = family === 'IPv4' ? V4 : V6;
  const plain = family === 'IPv4' ? '172.18.0.9' : 'fd00:aaaa::9';
  return {
    kind: 'stream',
    at: 0,
    endedAt: 11_000,
    step: 'watched',
    service: 'web',
    family,
    address: kind === 'control' ? plain : vip,
    port: 80,
    stream: kind,
    intervalMs: 10,
    sent: 1100,
    ok: 1100,
    gaps: [],
    ...fields,
  };
}

const gap = (from: number, to?: number): Gaps => [
  {
    from,
    ...(to === undefined ? {} : { to }),
    count: 5,
    outcome: 'timeout',
    after: from - 10,
    until: (to ?? from) - 10,
  },
];

interface Seen {
  v4?: Gaps;
  v6?: Gaps;
  control6?: Gaps;
  held6?: Partial<StreamObservation>;
}

/** A fault at 1,000, and what was looked at until 10,000. */
function observed({ v4 = [], v6 = [], control6 = [], held6 = {} }: Seen): Observation[] {
  return [
    service({ addresses: [V4, V6] }),
    { kind: 'step', id: 'dies', step: 'fault', at: 1000, endedAt: 1100 },
    {
      kind: 'window',
      at: 1000,
      endedAt: 10_000,
      step: 'failover',
      of: 'watched',
      after: 'dies',
      cause: 'fault',
      heals: false,
    },
    { kind: 'step', id: 'failover', step: 'outage', at: 1100, endedAt: 10_000 },
    stream('new', 'IPv4', { gaps: v4 }),
    stream('held', 'IPv4'),
    stream('control', 'IPv4'),
    stream('new', 'IPv6', { gaps: v6 }),
    stream('held', 'IPv6', held6),
    stream('control', 'IPv6', { gaps: control6 }),
  ];
}

const outage = (fields: object) => outageSchema.parse({ of: 'watched', after: 'dies', ...fields });

function told(fields: object, seen: Seen): string[] {
  return checkOutage('failover', outage(fields), observed(seen)).map(
    ({ subject, ok, inconclusive }) => `${subject} ${inconclusive ? 'inconclusive' : ok}`,
  );
}

describe('checkOutage', () => {
  it.each<[string, object, Seen, string[]]>([
    ['no failure where none may be', { longest: 0 }, {}, ['IPv4 true', 'IPv6 true']],
    ['one family that fails', { longest: 0 }, { v6: gap(2000, 2010) }, ['IPv4 true', 'IPv6 false']],
    ['an outage that is short enough', { longest: 500 }, { v4: gap(2000, 2500) }, ['IPv4 true', 'IPv6 true']],
    ['one that is too long', { longest: 499 }, { v4: gap(2000, 2500) }, ['IPv4 false', 'IPv6 true']],
    ['one that is not over', { longest: 20_000 }, { v4: gap(2000) }, ['IPv4 false', 'IPv6 true']],
    ['of one family only', { longest: { IPv6: 0 } }, { v4: gap(2000) }, ['IPv6 true']],
    [
      'an outage that must be',
      { longest: 9000, seen: ['IPv4', 'IPv6'] },
      { v4: gap(2000, 2500) },
      ['IPv4 true', 'IPv4 true', 'IPv6 true', 'IPv6 false'],
    ],
    ['a family that is away', { longest: 0, away: ['IPv6'] }, { v6: gap(2000) }, ['IPv4 true', 'IPv6 true']],
    [
      'a family that is away, and came back',
      { longest: 0, away: ['IPv6'] },
      { v6: gap(2000, 3000) },
      ['IPv4 true', 'IPv6 false'],
    ],
    [
      'a family that is away, and was never lost',
      { longest: 0, away: ['IPv6'] },
      {},
      ['IPv4 true', 'IPv6 false'],
    ],
    [
      'one that is over in time',
      { longest: {}, within: 1500 },
      { v4: [...gap(2000, 2010), ...gap(2400, 2500)] },
      ['IPv4 true', 'IPv6 true'],
    ],
    [
      'one that comes and goes for too long',
      { longest: {}, within: 1500 },
      { v4: [...gap(2000, 2010), ...gap(2500, 2510)] },
      ['IPv4 false', 'IPv6 true'],
    ],
    [
      'too few held connections',
      { longest: {}, held: 'survives' },
      { held6: { connections: 500, established: 499 } },
      ['IPv4 true', 'IPv6 false'],
    ],
    [
      'held connections that survive',
      { longest: {}, held: 'survives' },
      { held6: { gaps: gap(2000, 2600) } },
      ['IPv4 true', 'IPv6 true'],
    ],
    [
      'one that does not',
      { longest: {}, held: 'survives' },
      { held6: { gaps: gap(2000, 2600), breaks: [{ at: 2500, outcome: 'reset' }] } },
      ['IPv4 true', 'IPv6 false'],
    ],
    [
      'one that must end',
      { longest: {}, held: 'ends' },
      { held6: { gaps: gap(2000, 2600), breaks: [{ at: 2500, outcome: 'reset' }] } },
      ['IPv4 false', 'IPv6 true'],
    ],
    [
      'families that come back together',
      { longest: {}, skew: 100 },
      { v4: gap(2000, 2500), v6: gap(2000, 2590) },
      ['pair true'],
    ],
    [
      'families that come back apart',
      { longest: {}, skew: 100 },
      { v4: gap(2000, 2500), v6: gap(2000, 2610) },
      ['pair false'],
    ],
    ['one that did not fail at all', { longest: {}, skew: 100 }, { v4: gap(2000, 2500) }, ['pair false']],
    [
      'a control that fails in the same time',
      { longest: 9000 },
      { v6: gap(2000, 2500), control6: gap(2100, 2200) },
      ['IPv4 true', 'IPv6 inconclusive'],
    ],
    [
      'a control that fails later',
      { longest: 9000 },
      { v6: gap(2000, 2500), control6: gap(2600, 2700) },
      ['IPv4 true', 'IPv6 true'],
    ],
  ])('%s', (_, fields, seen, verdicts) => {
    expect(told(fields, seen)).toEqual(verdicts);
  });

  it('tells in words what was wanted and seen', () => {
    const elected = event({
      at: 2300,
      type: 'Normal',
      reason: 'nodeAssigned',
      message: 'announcing from node "dual-worker2" with protocol "layer2"',
    });
    const checks = checkOutage('failover', outage({ longest: 400, seen: ['IPv6'], skew: 50 }), [
      ...observed({
        v6: gap(2000, 2500),
        held6: { gaps: gap(2000, 2600), breaks: [{ at: 2550, outcome: 'reset' }] },
      }),
      elected,
    ]);
    const observed6 =
      '500 ms ±10 ms (lost after 1000 ms, elected after 1300 ms, answered after 1500 ms, held connection ended (reset) for 600 ms)';
    expect(checks).toEqual([
      {
        step: 'failover',
        subject: 'IPv4',
        ok: true,
        expected: `${V4}: new connections fail for at most 400 ms`,
        observed: 'no outage (elected after 1300 ms, held connection kept)',
      },
      {
        step: 'failover',
        subject: 'IPv6',
        ok: false,
        expected: `${V6}: new connections fail for at most 400 ms`,
        observed: observed6,
      },
      {
        step: 'failover',
        subject: 'IPv6',
        ok: true,
        expected: `${V6} is lost, and comes back`,
        observed: observed6,
      },
      {
        step: 'failover',
        subject: 'pair',
        ok: false,
        expected: 'both families are answered again within 50 ms of one another',
        observed: 'not both were lost and answered again',
      },
    ]);
  });

  it('wants both families to be watched', () => {
    const observations = observed({}).filter((one) => one.kind !== 'stream' || one.family !== 'IPv6');
    expect(checkOutage('failover', outage({ longest: 0 }), observations).at(-1)).toEqual({
      step: 'failover',
      subject: 'IPv6',
      ok: false,
      expected: 'an IPv6 address is watched',
      observed: 'it had none when the streams began',
    });
    expect(checkOutage('failover', outage({ longest: 0 }), [])).toEqual([
      {
        step: 'failover',
        subject: 'pair',
        ok: false,
        expected: 'both families are watched',
        observed: 'there were no streams: the Service had no address',
      },
    ]);
  });
});

it('a lost control makes the family inconclusive, and the pair', () => {
  const steps = [{ kind: 'outage', id: 'failover', outage: outage({ longest: 0 }) } as const];
  const lost = { v6: gap(2000, 2500), control6: gap(2000, 2500) };
  expect(judge({ steps, observations: observed(lost) }).verdict).toEqual({
    pair: 'inconclusive',
    IPv4: 'pass',
    IPv6: 'inconclusive',
  });
  expect(judge({ steps, observations: observed({ v6: lost.v6 }) }).verdict).toMatchObject({ IPv6: 'fail' });
});
