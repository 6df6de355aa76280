import { expect, it } from 'vitest';

import { runWith } from '../fixtures.ts';
import { placeOf, whenOf } from './run-place.ts';

const at = (id: string, startedAt: string) => runWith([], { id, startedAt });
const first = at('first', '2026-11-23T01:45:00.123Z');
const sameMinute = at('same-minute', '2026-11-23T01:45:31.000Z');
const sameDay = at('same-day', '2026-11-23T03:00:00.000Z');
const nextDay = at('next-day', '2026-11-24T03:00:00.000Z');
const other = runWith([], {
  id: 'other',
  implementation: { name: 'metallb', version: '0.16.1', mode: 'frr' },
});

it('tells runs of the same version and day apart: by the minute, and by id within one', () => {
  const runs = [first, sameMinute, sameDay, nextDay, other];
  expect(runs.map((run) => whenOf(run, runs))).toEqual([
    'first',
    'same-minute',
    '2026-11-23 03:00 UTC',
    '2026-11-24',
    '2026-11-23',
  ]);
  expect(runs.map((run) => placeOf(run, runs))).toEqual([
    'metallb 0.15.2, dual, first',
    'metallb 0.15.2, dual, same-minute',
    'metallb 0.15.2, dual, 2026-11-23 03:00 UTC',
    'metallb 0.15.2, dual, 2026-11-24 03:00 UTC',
    'metallb 0.16.1/frr, dual',
  ]);
});

it('says nothing of the only one', () => {
  expect(placeOf(first, [first])).toBe('');
  expect(whenOf(first, [first])).toBe('2026-11-23');
});
