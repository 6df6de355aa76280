import { describe, expect, it } from 'vitest';

import { scenarioWith } from '../fixtures.ts';
import { Attempts, passRate, passRateText } from './attempts.ts';
import type { ScenarioRecord, Verdict } from './record.ts';

function after(...verdicts: Verdict[]): ScenarioRecord {
  const attempts = new Attempts();
  for (const [index, verdict] of verdicts.entries()) {
    attempts.add(scenarioWith(verdict, { attempt: index + 1, startedAt: index }));
  }
  return attempts.record();
}

describe('Attempts', () => {
  it('says nothing of attempts where there was one', () => {
    expect(after('fail')).toEqual(scenarioWith('fail', { startedAt: 0 }));
  });

  it.each<[Verdict, number, Verdict[]]>([
    ['flaky', 1, ['fail', 'pass']],
    ['flaky', 2, ['pass', 'fail', 'pass']],
    ['flaky', 1, ['error', 'expected-fail']],
    ['flaky', 3, ['fail', 'pass', 'inconclusive']],
    ['fail', 2, ['inconclusive', 'fail']],
    ['error', 3, ['fail', 'fail', 'error']],
    ['pass', 3, ['pass', 'pass', 'pass']],
  ])('is %s, and shows attempt %i, of %j', (pair, shown, verdicts) => {
    const { verdict, attempt, attempts } = after(...verdicts);
    expect(verdict.pair).toBe(pair);
    expect(attempt).toBe(shown);
    expect(attempts?.map((one) => one.verdict.pair)).toEqual(verdicts);
  });

  it('tells the family that is flaky from the one that is not', () => {
    // The fixture that fails is red over IPv6 only.
    expect(after('pass', 'fail').verdict).toEqual({ pair: 'flaky', IPv4: 'pass', IPv6: 'flaky' });
  });

  it('gives back whose evidence can go: never that of a red one', () => {
    const attempts = new Attempts();
    const [pass, second, fail, third] = (['pass', 'pass', 'fail', 'pass'] as const).map((verdict, index) =>
      scenarioWith(verdict, { attempt: index + 1 }),
    );
    const given = [pass, second, fail, third].map((one) => one && attempts.add(one)?.attempt);
    expect(given).toEqual([undefined, 1, 2, 4]);
    expect(attempts.record().attempt).toBe(3);
  });

  it('has no record before the first', () => {
    expect(() => new Attempts().record()).toThrow('no attempt');
  });
});

describe('passRate', () => {
  it('is of several attempts, with its interval', () => {
    const record = after('pass', 'fail', 'pass', 'pass');
    expect(passRate(record)).toMatchObject({ green: 3, of: 4 });
    expect(passRateText(record)).toBe('3 of 4 green (95 % interval 30.1 to 95.4 %)');
  });

  it('is none of one', () => {
    expect(passRateText(after('pass'))).toBeUndefined();
  });
});
