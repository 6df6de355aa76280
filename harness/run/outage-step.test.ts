import { expect, it } from 'vitest';

import { outageSchema } from '../scenario/outage.ts';
import { isOver } from './outage-step.ts';

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
