import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from '../fixtures.ts';
import { fullRun } from '../profile/fixtures.ts';
import { hostileRun, UNSAFE } from './hostile.ts';
import { fitting, renderSummary } from './summary.ts';

describe('renderSummary', () => {
  it('tells a run with every verdict, and what was measured', async () => {
    await expect(renderSummary(fullRun())).toMatchFileSnapshot('golden/every-verdict.md');
  });

  it.each([
    [
      { exitCode: 0 as const },
      [scenarioWith('pass')],
      '### ✓ metallb 0.15.2: nothing differs from what is known',
    ],
    [
      { exitCode: 1 as const },
      [scenarioWith('fail')],
      '### ✗ metallb 0.15.2: 1 of 1 differs from what is known',
    ],
    [
      { exitCode: 2 as const, interrupted: 'SIGINT' },
      [scenarioWith('pass')],
      '### \\! metallb 0.15.2: the run did not come to its end',
    ],
  ])('begins with what matters (%#)', (overrides, scenarios, first) => {
    expect(renderSummary(runWith(scenarios, overrides)).split('\n')[0]).toBe(first);
  });

  it('is safe whatever the record says, and short', () => {
    const text = renderSummary(hostileRun());
    expect(UNSAFE.exec(text)).toBeNull();
    // Our own tags are all that is not escaped; what stands in code spans is shown as it is.
    const bare = text.replaceAll(/``+ .*? ``+/g, '');
    expect(bare.match(/(?<!\\)<[^>\n]*>/g)?.filter((tag) => !OWN.has(tag))).toEqual([]);
    expect(text.split('\n').filter((line) => line.trimStart().startsWith('::'))).toEqual([]);
    expect(text.length).toBeLessThan(50_000);
    for (const id of ['known', 'broken', 'unclaimed']) expect(text).toContain(id);
  });
});

const OWN = new Set(['<br>', '<details>', '</details>', '<summary>', '</summary>']);

describe('fitting', () => {
  it('leaves a text that fits', () => {
    expect(fitting('a\nb\n', 4, 'more')).toBe('a\nb\n');
  });

  it('keeps whole lines, counted in bytes, and says that there is more', () => {
    const text = fitting('äää\nbbb\nccc\n', 14, 'more\n');
    expect(text).toBe('äää\n\nmore\n');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(14);
  });
});
