import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import { comparisonTable } from './comparison-table.ts';
import { conformanceOf } from './conformance.ts';
import { core, fullRun, PROFILE } from './fixtures.ts';
import { between, markdownTable } from './markdown-table.ts';
import { upstreamLabels } from './upstream-labels.ts';

const full = conformanceOf(PROFILE, [fullRun()]);
const FAILOVERS = new Set(['failover-link-down']);
const cilium = { name: 'cilium', version: '1.15.19', mode: 'lb-ipam' };

describe('comparisonTable', () => {
  it('has a column for each report, a sign for each feature, and links upstream', async () => {
    const known = scenarioWith('expected-fail', {
      deviation: { summary: 'not so', versions: '*', upstream: [] },
    });
    const allocation = core.map((scenario) => ({
      ...scenario,
      checks: scenario.checks.map((check) => ({ ...check, unsupported: true })),
    }));
    const other = conformanceOf(PROFILE, [
      runWith([...allocation, known], { implementation: cilium, startedAt: '2026-11-25T01:45:00.123Z' }),
    ]);
    await expect(`${comparisonTable([full, other], FAILOVERS)}\n`).toMatchFileSnapshot(
      'golden/comparison.md',
    );
  });

  it('shows a feature that an older profile did not ask for as that', () => {
    const older = conformanceOf({ ...PROFILE, version: 0, features: PROFILE.features.slice(0, 1) }, [
      runWith(core, { implementation: cilium }),
    ]);
    expect(comparisonTable([older, full], FAILOVERS)).toMatch(/\| Never run +\| · +\| \? +\|/);
  });

  it('flags what is not claimed and passes', () => {
    const { id } = scenarioWith('pass');
    const unclaimed = scenarioWith('unexpected-pass', { id, unclaimed: ['events'] });
    const report = conformanceOf(PROFILE, [runWith([...core, unclaimed])]);
    expect(comparisonTable([report], FAILOVERS)).toMatch(/\| A feature that is pass +\| - \+ +\|/);
  });

  it('says that there are none', () => {
    expect(comparisonTable([], FAILOVERS)).toBe('_No results are published yet._');
  });
});

describe('upstreamLabels', () => {
  it('are numbers, with the repository where two have the same', () => {
    const upstream = [
      'https://github.com/metallb/metallb/issues/1156',
      'https://github.com/metallb/metallb/pull/7',
      'https://github.com/cilium/cilium/issues/7',
      'https://docs.cilium.io/a',
      'https://docs.cilium.io/b',
    ];
    expect([...upstreamLabels([{ upstream }]).values()]).toEqual([
      '#1156',
      'metallb/metallb#7',
      'cilium/cilium#7',
      'docs.cilium.io 1',
      'docs.cilium.io 2',
    ]);
  });
});

describe('markdownTable', () => {
  it('is as wide as its widest cells', () => {
    expect(markdownTable(['', 'b'], [['✓ long', '~']])).toBe(
      '|        | b   |\n| ------ | --- |\n| ✓ long | ~   |',
    );
  });
});

describe('between', () => {
  it('puts a text in its place, and leaves the rest', () => {
    expect(between('t', 'a\n<!-- t:begin -->old<!-- t:end -->\nb', 'new')).toBe(
      'a\n<!-- t:begin -->\n\nnew\n\n<!-- t:end -->\nb',
    );
    expect(between('t', 'no marks', 'new')).toBeUndefined();
  });
});
