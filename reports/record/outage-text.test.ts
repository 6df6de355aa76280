import { expect, it } from 'vitest';

import { describeOutage } from './outage-text.ts';
import type { Outage } from './outage.ts';

const none: Outage = {
  family: 'IPv4',
  address: '172.18.255.1',
  downMs: 0,
  errorMs: 10,
  recovered: true,
  failed: 0,
  gaps: 0,
};

it.each<[Partial<Outage>, string]>([
  [{}, 'no outage'],
  [{ downMs: 8214.4, gaps: 1 }, '8214 ms ±10 ms'],
  [{ downMs: 12_340, gaps: 2, errorMs: 21.6 }, '12.3 s ±22 ms in 2 parts'],
  [{ downMs: 500, recovered: false }, '500 ms and not over ±10 ms'],
  [
    { downMs: 500, lostAfter: 4.2, electedAfter: 300, announcedAfter: 310, answeredAfter: 504 },
    '500 ms ±10 ms (lost after 4 ms, elected after 300 ms, announced after 310 ms, answered after 504 ms)',
  ],
  [{ held: { fate: 'kept' } }, 'no outage (held connection kept)'],
  [{ held: { fate: 'stalled', ms: 600 } }, 'no outage (held connection stalled for 600 ms)'],
  [
    { held: { fate: 'ended', outcome: 'reset', ms: 600 } },
    'no outage (held connection ended (reset) for 600 ms)',
  ],
  [{ held: { fate: 'silent' } }, 'no outage (held connection silent to the end)'],
  [{ held: { fate: 'kept', connections: 500 } }, 'no outage (500 held connections kept)'],
  [{ held: { fate: 'incomplete', connections: 500 } }, 'no outage (500 held connections not complete)'],
  [{ udp: { downMs: 0, recovered: true } }, 'no outage'],
  [{ udp: { downMs: 700, recovered: true } }, 'no outage (UDP 700 ms)'],
  [{ udp: { downMs: 700, recovered: false } }, 'no outage (UDP 700 ms and not over)'],
  [{ inconclusive: 'there was no control' }, 'no outage inconclusive: there was no control'],
])('%j is %s', (fields, text) => {
  expect(describeOutage({ ...none, ...fields })).toBe(text);
});
