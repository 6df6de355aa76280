import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import type { ScenarioRecord, Verdict } from '../record/record.ts';
import { conformanceYaml } from './conformance-file.ts';
import { conformanceOf } from './conformance.ts';
import { core, fullRun, PROFILE } from './fixtures.ts';

const of = (...scenarios: ScenarioRecord[]) => conformanceOf(PROFILE, [runWith(scenarios)]);
const resultOf = (...verdicts: Verdict[]) =>
  conformanceOf(
    PROFILE,
    verdicts.map((verdict, index) =>
      runWith(core.slice(0, 1).concat(coreOf(verdict)), { id: `run-${index}` }),
    ),
  ).result;
const coreOf = (verdict: Verdict) => scenarioWith(verdict, { id: 'core-2' });
const [first] = core;
if (!first) throw new Error('no scenario');

describe('conformanceOf', () => {
  it('tells every verdict, as YAML', async () => {
    const yaml = conformanceYaml(conformanceOf(PROFILE, [fullRun()]));
    await expect(yaml).toMatchFileSnapshot('golden/every-verdict.yaml');
  });

  it.each([
    ['pass', 'success', 'every core feature is supported. core: 1 supported; extended: 9 untested'],
    [
      'expected-fail',
      'deviating',
      'core features deviate, exactly as is known. core: 1 deviating; extended: 9 untested',
    ],
    ['fail', 'failure', 'core features fail, and not as is known. core: 1 failing; extended: 9 untested'],
    ['unsupported', 'partial', 'not every core scenario was judged. core: 1 supported; extended: 9 untested'],
    ['inconclusive', 'partial', 'not every core scenario was judged. core: 1 untested; extended: 9 untested'],
    ['error', 'partial', 'not every core scenario was judged. core: 1 untested; extended: 9 untested'],
    [
      'unexpected-pass',
      'success',
      'every core feature is supported. core: 1 supported; extended: 9 untested',
    ],
  ] as const)('with a core scenario that is %s is %s', (verdict, result, summary) => {
    expect(of(first, coreOf(verdict))).toMatchObject({ result, summary });
  });

  it('is partial where a core scenario was not run', () => {
    const report = of(first);
    expect(report.result).toBe('partial');
    expect(report.core.features[0]?.skipped).toEqual([{ scenario: 'core-2', reason: 'not run' }]);
  });

  it('takes a deviation beside a skipped scenario for partial: it could have been anything', () => {
    expect(of(scenarioWith('expected-fail', { id: 'core-1' })).result).toBe('partial');
  });

  it('tells the families apart', () => {
    const verdict = { pair: 'fail', IPv4: 'pass', IPv6: 'fail' } as const;
    const report = of(first, scenarioWith('fail', { id: 'core-2', verdict }));
    expect(report.core.features[0]?.families).toEqual({
      pair: 'failing',
      IPv4: 'supported',
      IPv6: 'failing',
    });
  });

  it('counts the worst of several runs that says anything', () => {
    expect(resultOf('pass', 'fail')).toBe('failure');
    expect(resultOf('error', 'pass')).toBe('success');
    expect(resultOf('expected-fail', 'pass', 'inconclusive')).toBe('deviating');
  });

  it('takes a pass for a deviation where it is by chance that it is none', () => {
    const deviation = { summary: 'who waited comes first', versions: '*', upstream: [], chance: true };
    const { result, core: section } = of(first, scenarioWith('pass', { id: 'core-2', deviation }));
    expect(result).toBe('deviating');
    const [feature] = section.features;
    expect(feature?.families).toEqual({ pair: 'deviating', IPv4: 'supported', IPv6: 'supported' });
    expect(feature?.deviations).toEqual([
      { summary: 'who waited comes first', upstream: [], scenarios: ['core-2'] },
    ]);
  });

  it('is made of runs of parts of the catalogue as of one of all, and names them', () => {
    const parts = [
      runWith([first], { id: 'plain', startedAt: '2026-11-23T01:00:00.000Z' }),
      runWith([coreOf('pass')], { id: 'faults', startedAt: '2026-11-23T02:00:00.000Z' }),
    ];
    const report = conformanceOf(PROFILE, parts.toReversed());
    expect(report).toMatchObject({ result: 'success', date: '2026-11-23T02:00:00.000Z' });
    expect(report.runs.map(({ id }) => id)).toEqual(['plain', 'faults']);
    expect(report.core).toEqual(conformanceOf(PROFILE, [runWith([first, coreOf('pass')])]).core);
  });

  it('counts what the harness itself can do nowhere', () => {
    const own = {
      name: 'diagnosis',
      level: 'core',
      of: 'harness',
      title: 'Told',
      meaning: 'It is told.',
    } as const;
    const profile = { ...PROFILE, features: [...PROFILE.features, { ...own, scenarios: ['diagnose'] }] };
    const failed = scenarioWith('fail', { id: 'diagnose' });
    const report = conformanceOf(profile, [runWith([...core, failed])]);
    const without = conformanceOf(PROFILE, [runWith(core)]);
    expect(report).toMatchObject({ result: 'success', core: without.core, extended: without.extended });
    expect(report.harnessFeatures).toMatchObject([
      { name: 'diagnosis', status: 'failing', failed: ['diagnose'] },
    ]);
  });

  it('names what nothing announces', () => {
    const checks = first.checks.map((check) =>
      check.step === 'reachable' ? { ...check, unsupported: true } : check,
    );
    const report = of(first, { ...first, id: 'core-2', checks });
    expect(report).toMatchObject({ result: 'success', core: { features: [{ allocationOnly: true }] } });
  });

  it('flags what is declared unsupported and passes, and still calls it unsupported', () => {
    const { id } = scenarioWith('pass');
    const report = of(...core, scenarioWith('unexpected-pass', { id, unclaimed: ['auto-assign'] }));
    expect(report.unclaimedButPasses).toEqual([{ feature: 'pass', scenario: id, claims: ['auto-assign'] }]);
    expect(report.deviationGone).toBeUndefined();
    expect(report.extended.features.find(({ name }) => name === 'pass')?.status).toBe('unsupported');
  });

  it('flags a deviation that is gone', () => {
    const record = scenarioWith('unexpected-pass');
    expect(of(...core, record).deviationGone).toEqual([
      { feature: 'unexpected-pass', scenario: record.id, summary: record.deviation?.summary },
    ]);
  });

  it('measures each family, and says what was not over', () => {
    const { failover } = conformanceOf(PROFILE, [fullRun(), fullRun({ id: 'again' })]).measurements;
    expect(failover).toEqual([
      {
        scenario: 'failover-link-down',
        step: 'cable-pulled',
        cause: 'fault link-down',
        IPv4: { count: 2, p50: 2000, p95: 2000, max: 2000, errorMs: 10 },
        IPv6: { count: 2, p50: 7900, p95: 7900, max: 7900, errorMs: 10, unrecovered: 2 },
      },
    ]);
  });

  it('is refused of no run', () => {
    expect(() => conformanceOf(PROFILE, [])).toThrow('no run');
  });
});
