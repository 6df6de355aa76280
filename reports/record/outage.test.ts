import { describe, expect, it } from 'vitest';

import type { StreamObservation } from './observation.ts';
import { outageOf, type Milestone } from './outage.ts';

type Gap = StreamObservation['gaps'][number];

/** A fault at 1,000 and a look at what followed until 20,000; an attempt every 10 ms. */
const window = { from: 1000, to: 20_000 };

/** Attempts that failed from `from` to `to`, evenly. */
function gap(from: number, to?: number, outcome: Gap['outcome'] = 'timeout'): Gap {
  const end = to ?? 20_000;
  const edges = { after: from - 10, until: end - 10 };
  return {
    from,
    ...(to === undefined ? {} : { to }),
    count: Math.round((end - from) / 10),
    outcome,
    ...edges,
  };
}

function stream(
  kind: StreamObservation['stream'],
  gaps: Gap[] = [],
  fields: Partial<StreamObservation> = {},
): StreamObservation {
  const lost = gaps.reduce((total, { count }) => total + count, 0);
  return {
    kind: 'stream',
    at: 0,
    endedAt: 21_000,
    step: 'watched',
    service: 'web',
    family: 'IPv6',
    address: kind === 'control' ? 'fd00:aaaa::9' : 'fd00:aaaa::fff0',
    port: 80,
    stream: kind,
    intervalMs: 10,
    sent: 2100,
    ok: 2100 - lost,
    gaps,
    ...fields,
  };
}

const control = stream('control');
const outage = (streams: StreamObservation[], milestones: Milestone[] = []) =>
  outageOf({ window, streams: [control, ...streams], milestones });

describe('outageOf', () => {
  it('is nothing where no new connections were tried', () => {
    expect(outage([stream('udp')])).toBeUndefined();
  });

  it('is 0 where none failed', () => {
    expect(outage([stream('new')])).toEqual({
      family: 'IPv6',
      address: 'fd00:aaaa::fff0',
      downMs: 0,
      errorMs: 10,
      recovered: true,
      failed: 0,
      gaps: 0,
    });
  });

  it('is split in its parts, each from the fault on', () => {
    const milestones: Milestone[] = [
      { part: 'elected', at: 900 },
      { part: 'elected', at: 6200 },
      { part: 'announced', at: 6210, family: 'IPv4' },
      { part: 'announced', at: 6350, family: 'IPv6' },
      { part: 'announced', at: 7450, family: 'IPv6' },
    ];
    expect(outage([stream('new', [gap(1004, 6364)])], milestones)).toEqual({
      family: 'IPv6',
      address: 'fd00:aaaa::fff0',
      downMs: 5360,
      errorMs: 10,
      recovered: true,
      failed: 536,
      gaps: 1,
      lostAfter: 4,
      electedAfter: 5200,
      announcedAfter: 5350,
      answeredAfter: 5364,
    });
  });

  it.each<[string, Gap[], object]>([
    ['lasts until the end', [gap(1500)], { downMs: 18_500, recovered: false }],
    ['ends after what is looked at', [gap(1500, 20_500)], { downMs: 18_500, recovered: false }],
    ['comes twice', [gap(1100, 1300), gap(6000, 6050)], { downMs: 250, gaps: 2, answeredAfter: 5050 }],
    ['was over before', [gap(500, 700)], { downMs: 0, gaps: 0 }],
    ['comes later than what is looked at', [gap(20_100, 20_200)], { downMs: 0, gaps: 0 }],
  ])('counts what follows the fault: one that %s', (_, gaps, expected) => {
    expect(outage([stream('new', gaps)])).toMatchObject(expected);
  });

  it.each<[string, Gap, number]>([
    ['the interval', gap(1100, 1300), 10],
    ['the pause before it, when the agent was held up', { ...gap(1100, 1300), after: 1040 }, 60],
    ['the pause after it', { ...gap(1100, 1300), until: 1265 }, 35],
    [
      'the interval, where nothing was good before',
      { from: 1100, to: 1300, count: 20, outcome: 'timeout', until: 1290 },
      10,
    ],
  ])('is as sure as %s', (_, one, errorMs) => {
    expect(outage([stream('new', [one])])).toMatchObject({ errorMs });
  });

  it('after a heal counts what is still lost', () => {
    const streams = [control, stream('new', [gap(500, 1400)])];
    expect(outageOf({ window: { ...window, heals: true }, streams, milestones: [] })).toMatchObject({
      downMs: 400,
      answeredAfter: 400,
      lostAfter: 0,
    });
  });

  describe('held connection', () => {
    it.each<[string, Partial<StreamObservation>, object]>([
      ['kept', {}, { fate: 'kept' }],
      ['stalled', { gaps: [gap(1100, 1900)] }, { fate: 'stalled', ms: 800 }],
      [
        'ended by a reset, and replaced',
        { gaps: [gap(1100, 6300, 'reset')], breaks: [{ at: 6200, outcome: 'reset' }] },
        { fate: 'ended', outcome: 'reset', ms: 5200 },
      ],
      [
        'ended, and not replaced',
        { gaps: [gap(1100)], breaks: [{ at: 6200, outcome: 'timeout' }] },
        { fate: 'ended', outcome: 'timeout' },
      ],
      ['silent', { gaps: [gap(1100)] }, { fate: 'silent' }],
      ['one of several', { connections: 500, established: 500 }, { fate: 'kept', connections: 500 }],
      ['one of too few', { connections: 500, established: 480 }, { fate: 'incomplete', connections: 500 }],
      ['ended before the fault', { breaks: [{ at: 600, outcome: 'reset' }] }, { fate: 'kept' }],
    ])('is %s', (_, fields, held) => {
      expect(outage([stream('new'), stream('held', [], fields)])).toMatchObject({ held });
    });
  });

  it.each<[string, Gap[], object]>([
    ['kept coming', [], { downMs: 0, recovered: true }],
    ['came back', [gap(1100, 7000)], { downMs: 5900, recovered: true, answeredAfter: 6000 }],
    ['did not come back', [gap(1100)], { downMs: 18_900, recovered: false }],
  ])('UDP %s', (_, gaps, udp) => {
    expect(outage([stream('new'), stream('udp', gaps)])).toMatchObject({ udp });
  });

  describe('is inconclusive', () => {
    it.each<[string, StreamObservation[], string | undefined]>([
      [
        'while the control fails too',
        [stream('control', [gap(3000, 3020)]), stream('new', [gap(1100, 6000)])],
        'the control fd00:aaaa::9 failed too, 2 attempts in a row',
      ],
      [
        'also where new connections were answered',
        [stream('control', [gap(3000, 3010)]), stream('new')],
        'the control fd00:aaaa::9 failed too, 1 attempt in a row',
      ],
      [
        'where the control fails when the address is back already: not',
        [stream('control', [gap(7000, 7020)]), stream('new', [gap(1100, 6000)])],
        undefined,
      ],
      ['without a control', [stream('new')], 'there was no control'],
      [
        'with a control that was never there',
        [stream('control', [], { ok: 0, sent: 0 }), stream('new')],
        'the control was never answered',
      ],
      [
        'of an address that was lost before',
        [control, stream('new', [gap(700, 1300)])],
        'IPv6 failed before it already',
      ],
      [
        'of a stream that ended before',
        [control, stream('new', [], { endedAt: 900 })],
        'the stream had ended before',
      ],
      [
        'where not all of it was kept',
        [control, stream('new', [gap(1100, 1200)], { moreGaps: 3 })],
        'IPv6 came and went more often than is kept',
      ],
    ])('%s', (_, streams, inconclusive) => {
      expect(outageOf({ window, streams, milestones: [] })?.inconclusive).toBe(inconclusive);
    });
  });
});
