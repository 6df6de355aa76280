import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import { mergeShards } from './merged-run.ts';

const one = runWith([scenarioWith('pass', { id: 'b' })], { id: 'one', exitCode: 0, durationMs: 60_000 });
const two = runWith([scenarioWith('fail', { id: 'a' })], {
  id: 'two',
  exitCode: 1,
  startedAt: '2026-11-23T01:45:10.123Z',
  durationMs: 70_000,
  rssBytes: 200_000_000,
});

describe('mergeShards', () => {
  it('makes one run of them', () => {
    const merged = mergeShards('whole', [two, one]);
    expect(merged).toMatchObject({
      id: 'whole',
      startedAt: one.startedAt,
      durationMs: 80_000,
      exitCode: 1,
      rssBytes: 200_000_000,
      assignment: { IPv4: { count: 2, p50: 67 } },
    });
    expect(merged.scenarios.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(merged.interrupted).toBeUndefined();
  });

  it('says which of them did not end', () => {
    const cut = { ...two, interrupted: 'SIGINT', exitCode: 2 as const };
    expect(mergeShards('whole', [one, cut])).toMatchObject({ interrupted: 'two: SIGINT', exitCode: 2 });
  });

  it('refuses runs of several implementations', () => {
    const other = { ...two, implementation: { ...two.implementation, version: '0.16.1' } };
    expect(() => mergeShards('whole', [one, other])).toThrow(
      'runs one and two are not of one: implementation metallb@0.15.2 (native) and metallb@0.16.1 (native)',
    );
  });

  it('refuses a scenario that is in two of them', () => {
    expect(() => mergeShards('whole', [one, { ...one, id: 'again' }])).toThrow(
      'b is in run one and in run again',
    );
  });
});
