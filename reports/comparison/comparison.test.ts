import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import type { RunRecord, ScenarioRecord } from '../record/record.ts';
import { compare, general, type Recorded } from './comparison.ts';

function recorded(scenario: ScenarioRecord, run: Partial<RunRecord> = {}): Recorded {
  return { scenario, run: runWith([scenario], run) };
}

const then = recorded(scenarioWith('fail'));
const { checks } = then.scenario;

describe('compare', () => {
  it('finds nothing where all is the same', () => {
    expect(compare(then, then)).toEqual({ isSame: true, outcome: [], surroundings: [] });
  });

  it('takes other addresses, times, pods and nodes for the same', () => {
    const now = recorded(
      scenarioWith('fail', {
        checks: checks.map((check) => ({
          ...check,
          observed: check.observed.replace('172.18.255.1', '172.25.255.9'),
        })),
      }),
    );
    expect(compare(then, now)).toMatchObject({ isSame: true, outcome: [] });
  });

  it('says which check has another outcome', () => {
    const now = recorded(
      scenarioWith('pass', { id: then.scenario.id, checks: checks.map((one) => ({ ...one, ok: true })) }),
    );
    expect(compare(then, now).outcome).toEqual([
      'assigned, IPv6: then expected an IPv6 address of ipv6-pool, observed no IPv6 address; now as claimed (no IPv6 address)',
      'assigned, pair: then expected exactly 2 addresses, observed 172.18.255.1 (ipv4-pool); now as claimed (172.18.255.1 (ipv4-pool))',
      'IPv6: the verdict was fail, and is pass',
      'pair: the verdict was fail, and is pass',
    ]);
  });

  it('says what fails in another way', () => {
    const now = recorded(
      scenarioWith('fail', { checks: checks.map((one) => (one.ok ? one : { ...one, observed: 'nothing' })) }),
    );
    expect(compare(then, now)).toMatchObject({
      isSame: false,
      outcome: [
        'assigned, IPv6: fails otherwise: then observed no IPv6 address; now observed nothing',
        'assigned, pair: fails otherwise: then observed 172.18.255.1 (ipv4-pool); now observed nothing',
      ],
    });
  });

  it('does not take the verdict of a part for that of the whole', () => {
    const held = { after: 'assigned', namespace: 'dualvip-x', probe: 'p' };
    const now = recorded(scenarioWith('fail', { held, verdict: scenarioWith('pass').verdict }));
    expect(compare(then, now).isSame).toBe(true);
  });

  it('compares with the attempt that the record shows', () => {
    const flaky = scenarioWith('flaky');
    const now = scenarioWith('flaky', { verdict: { pair: 'fail', IPv4: 'pass', IPv6: 'fail' } });
    const { attempts: _, ...once } = now;
    expect(compare(recorded(flaky), recorded(once))).toMatchObject({ outcome: [] });
  });

  it('tells that the harness failed', () => {
    const now = recorded(scenarioWith('error', { reason: 'no answer' }));
    expect(compare(then, now).outcome).toContain('the harness failed: no answer');
  });

  it('tells in what the surroundings differ', () => {
    const { cluster } = then.run;
    const now = recorded(then.scenario, {
      implementation: { name: 'metallb', version: '0.16.1', mode: 'native' },
      cluster: {
        ...cluster,
        kubernetes: 'v1.37.2',
        images: { ...cluster.images, modules: { 'a/b': 'v1 h1:x=' } },
      },
      settings: { nudges: 'all', timeouts: { DUALVIP_TIMEOUT_ASSIGNMENT: '3000' } },
    });
    expect(compare(then, now)).toEqual({
      isSame: true,
      outcome: [],
      surroundings: [
        'Kubernetes was 1.34.2, and is v1.37.2',
        'implementation was metallb 0.15.2 (native), and is metallb 0.16.1 (native)',
        'nudges was not recorded, and is all',
        'module a/b was not recorded, and is v1 h1:x=',
        'DUALVIP_TIMEOUT_ASSIGNMENT was not recorded, and is 3000',
      ],
    });
  });
});

describe('general', () => {
  it.each([
    [
      '172.18.255.1 unreachable (EHOSTUNREACH) after 3071.2 ms',
      'ADDRESS unreachable (EHOSTUNREACH) after TIME',
    ],
    ['fd00:1::ff01 ok', 'ADDRESS ok'],
    ['answered by web-6d9c7f8b5-x2k4p on dual-worker2', 'answered by web-POD on CLUSTER-worker2'],
    ['pool dualvip-20261123-014500-abc-2-dual-pool', 'pool NAMESPACE-dual-pool'],
    ['exactly 2 addresses', 'exactly 2 addresses'],
  ])('%s', (text, expected) => {
    expect(general(text, then)).toBe(expected);
  });
});
