import { describe, expect, it } from 'vitest';

import type { StreamsResult } from '../probe/streams.ts';
import { outageSchema } from '../scenario/outage.ts';
import { ObservationLog } from './observation-log.ts';
import { isOver, knownUntil, runOutageStep } from './outage-step.ts';
import { Stopwatch } from './stopwatch.ts';

const V4 = '172.18.255.240';
const V6 = 'fd00:aaaa::fff0';

type Streams = Parameters<typeof isOver>[0];
type Gaps = Streams[number]['gaps'];

const streams = (v4: Gaps, v6: Gaps, others: Streams = []): Streams => [
  { stream: 'new', address: V4, gaps: v4 },
  { stream: 'new', address: V6, gaps: v6 },
  ...others,
];

/** A fault at 1,000; it is over after 3 s without a failure. */
function over(seen: Streams, now: number, fields: object = {}): boolean {
  const outage = outageSchema.parse({ of: 'watched', after: 'dies', longest: 9000, ...fields });
  return isOver(seen, { outage, from: 1000, now });
}

const LOST = [{ from: 2000, to: 2500 }];
const AWAY = [{ from: 2000 }];

it.each<[string, boolean, Streams, number, object?]>([
  ['quiet for too short', false, streams([], []), 3900],
  ['quiet long enough', true, streams([], []), 4000],
  ['the last failure too near', false, streams(LOST, []), 5400],
  ['the last failure long ago', true, streams(LOST, LOST), 5500],
  ['one family that fails still', false, streams(LOST, AWAY), 90_000],
  ['a family that is to stay away', true, streams([], AWAY), 5000, { away: ['IPv6'] }],
  ['a family that is to stay away, and does not fail', false, streams([], []), 90_000, { away: ['IPv6'] }],
  ['a family that is to fail, and has not', false, streams([], LOST), 90_000, { seen: ['IPv4'] }],
  ['a family that is to fail, and has', true, streams([], LOST), 5500, { seen: ['IPv6'] }],
  ['a failure before the fault', false, streams([], [{ from: 100, to: 300 }]), 90_000, { seen: ['IPv6'] }],
  ['UDP that fails still', false, streams([], [], [{ stream: 'udp', address: V4, gaps: AWAY }]), 90_000],
  [
    'a held connection that is silent',
    true,
    streams([], [], [{ stream: 'held', address: V4, gaps: AWAY }]),
    9000,
  ],
  ['a control that fails', true, streams([], [], [{ stream: 'control', address: V4, gaps: AWAY }]), 9000],
])('%s: %s', (_, expected, seen, now, fields) => {
  expect(over(seen, now, fields)).toBe(expected);
});

describe('knownUntil', () => {
  it('is the begin of the oldest attempt that is under way, but for a held connection', () => {
    const several = [
      { stream: 'new', pendingSince: 900 },
      { stream: 'udp', pendingSince: 800 },
      { stream: 'control' },
      { stream: 'held', pendingSince: 100 },
    ] as const;
    expect(knownUntil(several, 1000)).toBe(800);
    expect(knownUntil([{ stream: 'new' }], 1000)).toBe(1000);
  });
});

describe('runOutageStep', () => {
  /** The window that it ends with, of a fault at 1,000, and how often it has looked at the streams. */
  async function windowOf(looks: Report[], fields: object = {}, knownFields?: object) {
    const log = new ObservationLog(0);
    log.add({ kind: 'step', at: 1000, id: 'dies', step: 'fault', endedAt: 1010 });
    const outage = { of: 'watched', after: 'dies', longest: 9000, quiet: 1000 };
    let looked = 0;
    const collect = () => {
      const look = looks[looked] ?? looks.at(-1);
      looked += 1;
      return Promise.resolve(result(look ?? { at: 0, gaps: [] }));
    };
    await runOutageStep({
      step: 'cost',
      outage: outageSchema.parse({ ...outage, ...fields }),
      known: knownFields && outageSchema.parse({ ...outage, ...knownFields }),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is only asked for what was counted
      streams: { step: 'watched', collect } as unknown as Parameters<typeof runOutageStep>[0]['streams'],
      heals: false,
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it only writes into the log
      session: { log } as unknown as Parameters<typeof runOutageStep>[0]['session'],
      stopwatch: new Stopwatch(),
      signal: AbortSignal.timeout(60_000),
    });
    const window = log.all().find(({ kind }) => kind === 'window');
    return { looked, window };
  }

  interface Report {
    at: number;
    gaps: Gaps;
    pendingSince?: number;
  }

  function result({ at, gaps, pendingSince }: Report): StreamsResult {
    const stream = {
      stream: 'new' as const,
      address: V4,
      port: 80,
      intervalMs: 10,
      startedAt: 0,
      sent: 1,
      ok: 1,
      moreGaps: 0,
      breaks: [],
      longestPauseMs: 10,
      recent: { sent: 1, ok: 1 },
      gaps: gaps.map((gap) => ({ ...gap, count: 1, outcome: 'timeout' as const, until: gap.to ?? at })),
      ...(pendingSince === undefined ? {} : { pendingSince }),
    };
    return { at, cpuMs: 0, streams: [stream] };
  }

  it('knows what became of each attempt of its quiet time before it ends', async () => {
    const lost = [{ from: 1200 }];
    const { looked, window } = await windowOf([
      // Nothing has failed for a second, as far as is known: and of what is under way, nothing is known.
      { at: 2100, gaps: [], pendingSince: 1200 },
      { at: 2200, gaps: lost, pendingSince: 1300 },
      { at: 3200, gaps: [{ from: 1200, to: 1800 }], pendingSince: 2700 },
      { at: 3400, gaps: [{ from: 1200, to: 1800 }], pendingSince: 2900 },
    ]);
    expect(looked).toBe(4);
    expect(window).toMatchObject({ at: 1000, endedAt: 2900 });
  });

  it('does not wait for an address that is known to stay away', async () => {
    const known = { away: ['IPv4'], quiet: 2000 };
    const { looked, window } = await windowOf(
      [
        { at: 3900, gaps: [{ from: 1200 }], pendingSince: 3100 },
        { at: 4500, gaps: [{ from: 1200 }], pendingSince: 3500 },
      ],
      {},
      known,
    );
    expect(looked).toBe(2);
    expect(window).toMatchObject({ endedAt: 3500 });
  });
});
