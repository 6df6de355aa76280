import { describe, expect, it } from 'vitest';
import { convert } from 'xmlbuilder2';

import { runWith, scenarioWith } from '../fixtures.ts';
import type { RunRecord, Verdict } from '../record/record.ts';
import { renderBadge } from './badge.ts';
import { hostileRun, UNSAFE } from './hostile.ts';

const titleOf = (run: RunRecord) => /<title>(.*)<\/title>/.exec(renderBadge(run))?.[1];
const run = (verdicts: Verdict[], exitCode: RunRecord['exitCode']) =>
  runWith(
    verdicts.map((verdict) => scenarioWith(verdict)),
    { exitCode },
  );

describe('renderBadge', () => {
  it('is a small SVG', async () => {
    await expect(renderBadge(run(['pass', 'expected-fail'], 0))).toMatchFileSnapshot('golden/badge.svg');
  });

  it('says what came of the run', () => {
    expect([
      titleOf(run(['pass', 'expected-fail'], 0)),
      titleOf(run(['pass', 'unsupported'], 0)),
      titleOf(run(['fail', 'inconclusive', 'error'], 2)),
      titleOf(run(['error'], 2)),
      titleOf({ ...run(['pass'], 2), interrupted: 'SIGINT' }),
    ]).toEqual([
      'metallb 0.15.2: 1 pass, 1 known',
      'metallb 0.15.2: 1 pass',
      'metallb 0.15.2: 1 of 3 differ, 1 inconclusive, 1 error',
      'metallb 0.15.2: 1 error',
      'metallb 0.15.2: interrupted',
    ]);
  });

  it('is well-formed and without a script whatever the record says', () => {
    const svg = renderBadge(hostileRun());
    expect(UNSAFE.exec(svg)).toBeNull();
    expect(svg).not.toContain('<script');
    expect(() => convert(svg, { format: 'object' })).not.toThrow();
  });
});
