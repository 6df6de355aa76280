import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import { entryWith } from './fixtures.ts';
import { trendsOf, trendUpTo } from './trends.ts';

const implementation = { name: 'metallb', version: '0.15.2', mode: 'native' };
const record = runWith([scenarioWith('pass', { id: 'one' })], { id: 'today', exitCode: 0 });
const before = (day: number, overrides = {}) =>
  entryWith(
    `day-${day}`,
    { one: 'fail' },
    { implementation, startedAt: `2026-11-${day}T01:00:00.000Z`, ...overrides },
  );

describe('trendUpTo', () => {
  it('has the runs of the same before it, and its own values', () => {
    const trend = trendUpTo(record, [before(20), before(21)]);
    expect(trend?.series).toBe('metallb@0.15.2 on dual');
    expect(trend?.runs.map(({ run, asKnown }) => [run, asKnown.pair])).toEqual([
      ['day-20', { green: 0, of: 1 }],
      ['day-21', { green: 0, of: 1 }],
      ['today', { green: 1, of: 1 }],
    ]);
    expect(trend?.lines.map(({ measure, family }) => `${measure} ${family}`)).toEqual([
      'assignment IPv4',
      'assignment IPv6',
    ]);
  });

  it('is the same once later runs are there, and this one is in the history', () => {
    const history = [before(20), before(21)];
    const later = [...history, before(22, { id: record.id }), before(29)];
    expect(trendUpTo(record, later)).toEqual(trendUpTo(record, history));
  });

  it.each([
    ['nothing', []],
    ['itself', [before(22, { id: record.id })]],
    ['another topology', [before(20, { topology: 'ipv6' })]],
    ['another version', [before(20, { implementation: { ...implementation, version: '0.16.1' } })]],
    ['another mode', [before(20, { implementation: { ...implementation, mode: 'frr' } })]],
  ])('is none where before it there was %s', (_, history) => {
    expect(trendUpTo(record, history)).toBeUndefined();
  });

  it('keeps six weeks of a run each night', () => {
    const history = Array.from({ length: 50 }, (_, index) =>
      before(20, { id: `run-${index}`, startedAt: new Date(1e12 + index * 86_400_000).toISOString() }),
    );
    const runs = trendUpTo(record, history)?.runs.map(({ run }) => run);
    expect(runs).toHaveLength(42);
    expect(runs?.[0]).toBe('run-9');
    expect(runs?.at(-1)).toBe('today');
  });
});

describe('trendsOf', () => {
  it('counts of each family what ran', () => {
    const entry = entryWith('a', { one: 'pass', two: 'expected-fail', three: 'unsupported', four: 'flaky' });
    entry.scenarios['four'] = {
      ...{ of: 2, green: 1, ms: 10 },
      verdict: { pair: 'flaky', IPv4: 'pass', IPv6: 'flaky' },
    };
    expect(trendsOf([entry])[0]?.runs[0]?.asKnown).toEqual({
      IPv4: { green: 3, of: 3 },
      IPv6: { green: 2, of: 3 },
      pair: { green: 2, of: 3 },
    });
  });
});
