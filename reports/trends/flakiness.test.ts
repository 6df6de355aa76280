import { describe, expect, it } from 'vitest';

import type { Verdict } from '../record/record.ts';
import { flakyText } from './comparison-text.ts';
import { entryWith } from './fixtures.ts';
import { flakyIn, seriesIn } from './flakiness.ts';
import { trendsOf } from './trends.ts';

const history = (...verdicts: Verdict[]) =>
  verdicts.map((verdict, index) => entryWith(`run-${index}`, { one: verdict }));

describe('flakyIn', () => {
  it('has what had both outcomes, with its rate', () => {
    const [one] = flakyIn(history('pass', 'fail', 'expected-fail', 'error', 'pass'), 20);
    expect(one).toMatchObject({
      scenario: 'one',
      changes: 4,
      now: 'green',
      red: { count: 2, of: 5, rate: 0.4 },
    });
    expect(one && flakyText(one)).toBe('  one: 2 of 5 red, 40 % (12 to 77 %)');
  });

  it('says since when what changed once is so', () => {
    const [one] = flakyIn(history('pass', 'pass', 'fail', 'fail'), 20);
    expect(one && flakyText(one)).toBe('  one: 2 of 4 red, 50 % (15 to 85 %), red since run-2');
  });

  it.each([
    ['always green', history('pass', 'expected-fail', 'unsupported')],
    ['always red', history('fail', 'error', 'inconclusive')],
    ['not run', history('unsupported')],
  ])('leaves out what is %s', (_, entries) => {
    expect(flakyIn(entries, 20)).toEqual([]);
  });

  it('looks at the last runs only', () => {
    expect(flakyIn(history('fail', 'pass', 'pass'), 2)).toEqual([]);
  });

  it('counts every attempt', () => {
    const entries = [entryWith('a', { one: { verdict: 'flaky', of: 3, green: 1 } })];
    expect(flakyIn(entries, 20)[0]?.red).toMatchObject({ count: 2, of: 3 });
  });
});

describe('seriesIn and trendsOf', () => {
  const assignment = { IPv4: [10, 20, 30], IPv6: [] };
  const entries = [
    entryWith('a', { one: 'pass', two: 'fail' }, { assignment }),
    entryWith('b', { one: 'pass' }, { outages: { 'f/pull': { IPv4: [5000], IPv6: [6000] } } }),
    entryWith('c', {}, { topology: 'ipv6' }),
  ];

  it('tell implementations and topologies apart', () => {
    expect([...seriesIn(entries).keys()]).toEqual(['metallb@0.16.1 on dual', 'metallb@0.16.1 on ipv6']);
  });

  it('are lines over time, without points for what was not measured', () => {
    const [dual] = trendsOf(entries);
    const at = '2026-11-25T01:00:00.000Z';
    expect(dual).toEqual({
      series: 'metallb@0.16.1 on dual',
      runs: [
        { run: 'a', at, green: 1, red: 1, asKnown: asKnown(1, 2), durationMs: 60_000, exitCode: 0 },
        { run: 'b', at, green: 1, red: 0, asKnown: asKnown(1, 1), durationMs: 60_000, exitCode: 0 },
      ],
      lines: [
        { measure: 'assignment', family: 'IPv4', points: [{ run: 'a', at, count: 3, p50: 20, p95: 30 }] },
        {
          measure: 'outage f/pull',
          family: 'IPv4',
          points: [{ run: 'b', at, count: 1, p50: 5000, p95: 5000 }],
        },
        {
          measure: 'outage f/pull',
          family: 'IPv6',
          points: [{ run: 'b', at, count: 1, p50: 6000, p95: 6000 }],
        },
      ],
    });
  });
});

function asKnown(green: number, of: number) {
  return { IPv4: { green, of }, IPv6: { green, of }, pair: { green, of } };
}
