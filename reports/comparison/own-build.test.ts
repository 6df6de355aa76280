import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import type { RunRecord, ScenarioRecord, Verdict } from '../record/record.ts';
import { compareBuilds, ownBuildText } from './own-build.ts';

/** A scenario with these verdicts of IPv4, IPv6 and the pair. */
function scenario(id: string, IPv4: Verdict, IPv6: Verdict, pair: Verdict): ScenarioRecord {
  return scenarioWith('pass', { id, checks: [], verdict: { IPv4, IPv6, pair } });
}

function run(version: string, scenarios: readonly ScenarioRecord[]): RunRecord {
  return runWith(scenarios, { implementation: { name: 'metallb', version, mode: 'native' } });
}

describe('compareBuilds', () => {
  it.each<[Verdict, Verdict, 'worse' | 'better' | 'unsure']>([
    ['pass', 'fail', 'worse'],
    ['pass', 'flaky', 'worse'],
    ['pass', 'expected-fail', 'worse'],
    ['expected-fail', 'fail', 'worse'],
    ['expected-fail', 'unexpected-pass', 'better'],
    ['fail', 'pass', 'better'],
    ['fail', 'expected-fail', 'better'],
    // What is known of the one is not of the other; it does the same.
    ['pass', 'unexpected-pass', 'unsure'],
    ['pass', 'error', 'unsure'],
    ['inconclusive', 'fail', 'unsure'],
    ['unsupported', 'pass', 'unsure'],
  ])('%s → %s is %s', (was, is, expected) => {
    const [before, after] = [was, is].map((verdict) =>
      run('0.16.1', [scenario('a', 'pass', verdict, verdict)]),
    );
    if (!before || !after) throw new RangeError('two runs');
    const comparison = compareBuilds(before, after);
    expect(comparison[expected].map((change) => change.after.id)).toEqual(['a']);
    const { worse, better, unsure } = comparison;
    expect(worse.length + better.length + unsure.length).toBe(1);
  });

  it('is worse where one family is, whatever becomes of the other', () => {
    const before = run('0.16.1', [scenario('a', 'pass', 'fail', 'fail')]);
    const after = run('0.16.1', [scenario('a', 'fail', 'pass', 'fail')]);
    expect(compareBuilds(before, after)).toMatchObject({
      worse: [{ after: { id: 'a' } }],
      better: [],
      same: 0,
    });
  });
});

describe('ownBuildText', () => {
  it('tells what is worse and what is better, with what was observed', () => {
    const pass = scenarioWith('pass', { id: 'c2-dual-pool' });
    const red = scenarioWith('fail');
    const fail = { ...red, id: 'c2-dual-pool' };
    const before = run('0.16.1', [
      pass,
      scenario('c9-ipv6-first', 'pass', 'pass', 'expected-fail'),
      scenario('c3', 'pass', 'pass', 'pass'),
      scenario('gone', 'pass', 'pass', 'pass'),
    ]);
    const after = run('0.16.1+own.9c4630953b5b', [
      fail,
      scenario('c9-ipv6-first', 'pass', 'pass', 'unexpected-pass'),
      scenario('c3', 'pass', 'pass', 'pass'),
    ]);
    expect(ownBuildText(before, after)).toBe(
      [
        'metallb 0.16.1 → metallb 0.16.1+own.9c4630953b5b',
        'worse (1)',
        '  c2-dual-pool: IPv6 pass → fail, pair pass → fail',
        '    assigned, IPv6: then as claimed (fc00:f853:ccd:e793::ff01 (dual-pool)); now expected an IPv6 address of ipv6-pool, observed no IPv6 address',
        '    assigned, pair: then as claimed (172.18.255.1 (dual-pool), fc00:f853:ccd:e793::ff01 (dual-pool)); now expected exactly 2 addresses, observed 172.18.255.1 (ipv4-pool)',
        'better (1)',
        '  c9-ipv6-first: pair expected-fail → unexpected-pass',
        'only in one of the runs (1)',
        '  gone',
        '1 scenario came out the same',
      ].join('\n'),
    );
  });

  it('tells that nothing differs', () => {
    const all = [scenario('a', 'pass', 'pass', 'pass'), scenario('b', 'pass', 'fail', 'fail')];
    expect(ownBuildText(run('0.15.2', all), run('0.16.1', all))).toBe(
      'metallb 0.15.2 → metallb 0.16.1\n2 scenarios came out the same',
    );
  });
});
