import { describe, expect, it } from 'vitest';

import type { Verdict } from '../../reports/record/record.ts';
import { exitCodeOf } from './exit-code.ts';

const scenarios = (...verdicts: Verdict[]) =>
  verdicts.map((pair) => ({ verdict: { pair, IPv4: pair, IPv6: pair } }));

describe('exitCodeOf', () => {
  it.each<[number, Verdict[]]>([
    [0, []],
    [0, ['pass', 'expected-fail', 'unsupported']],
    [1, ['pass', 'fail']],
    [1, ['unexpected-pass']],
    [1, ['inconclusive']],
    [2, ['error']],
    [2, ['fail', 'error', 'pass']],
  ])('%i for %j', (expected, verdicts) => {
    expect(exitCodeOf(scenarios(...verdicts))).toBe(expected);
  });
});
