import { describe, expect, it } from 'vitest';

import { comparisonText } from './comparison-text.ts';
import { compareRuns } from './comparison.ts';
import { entryWith } from './fixtures.ts';
import { flakyIn } from './flakiness.ts';

const before = entryWith('monday', {
  broke: 'pass',
  mended: 'fail',
  known: 'pass',
  red: 'error',
  same: 'pass',
  gone: 'pass',
});
const after = entryWith('tuesday', {
  broke: 'inconclusive',
  mended: 'expected-fail',
  known: 'expected-fail',
  red: 'fail',
  same: 'pass',
  new: 'pass',
});

const measured = (id: string, IPv4: number[], IPv6: number[], outages = {}) =>
  entryWith(id, {}, { assignment: { IPv4, IPv6 }, outages });

describe('compareRuns', () => {
  it('tells what is new, fixed and other', () => {
    expect(compareRuns(before, after)).toMatchObject({
      broken: [{ scenario: 'broke', before: 'pass', after: 'inconclusive' }],
      fixed: [{ scenario: 'mended', before: 'fail', after: 'expected-fail' }],
      changed: [{ scenario: 'known', before: 'pass', after: 'expected-fail' }],
      stillRed: [{ scenario: 'red', before: 'error', after: 'fail' }],
      added: [{ scenario: 'new', verdict: 'pass' }],
      removed: [{ scenario: 'gone', verdict: 'pass' }],
    });
  });

  const steady = [50, 61, 55, 70, 52, 58, 64, 49, 57, 66];
  const changes = (old: number[], now: number[]) =>
    compareRuns(measured('a', old, steady), measured('b', now, steady)).measures.map(({ change }) => change);

  it('takes noise for noise', () => {
    expect(
      changes(
        steady,
        steady.toReversed().map((ms) => ms + 3),
      ),
    ).toEqual(['same', 'same']);
    // One straggler of ten.
    expect(changes(steady, [...steady.slice(1), 2000])).toEqual(['same', 'same']);
  });

  it('finds what is slower and what is faster, of the family that it is', () => {
    const slow = steady.map((ms) => ms * 2);
    expect(changes(steady, slow)).toEqual(['slower', 'same']);
    expect(changes(slow, steady)).toEqual(['faster', 'same']);
  });

  it('minds no difference that nobody would notice', () => {
    const many = Array.from({ length: 100 }, (_, index) => 100 + index * 0.01);
    expect(
      changes(
        many,
        many.map((ms) => ms + 5),
      ),
    ).toEqual(['same', 'same']);
    expect(
      changes(
        steady.map(() => 0.1),
        steady.map((_, index) => 1 + index / 100),
      ),
    ).toEqual(['same', 'same']);
  });

  it('tells nothing of too few values, and compares the same outages only', () => {
    const old = measured('a', [], [], {
      'f/pull': { IPv4: [5000], IPv6: [] },
      'f/old': { IPv4: [1], IPv6: [1] },
    });
    const now = measured('b', [], [], { 'f/pull': { IPv4: [9000], IPv6: [9000] } });
    expect(compareRuns(old, now).measures).toEqual([
      {
        measure: 'outage f/pull',
        family: 'IPv4',
        before: { p50: 5000, count: 1 },
        after: { p50: 9000, count: 1 },
        ratio: 1.8,
        p: 1,
        change: 'too few',
      },
    ]);
  });
});

describe('comparisonText', () => {
  it('has what is worse first', () => {
    const history = [before, after, entryWith('wednesday', { broke: 'pass' })];
    const old = { ...before, assignment: { IPv4: [50, 51, 52, 53, 54, 55], IPv6: [50] } };
    const now = { ...after, assignment: { IPv4: [150, 151, 152, 153, 154, 155], IPv6: [50] } };
    expect(comparisonText(compareRuns(old, now), flakyIn(history, 20)).split('\n')).toEqual([
      'monday → tuesday',
      'not as known: 2 → 2, 1 of them new',
      'as known before, and not judged now (1)',
      '  broke: pass → inconclusive; flaky: 1 of 3 red, 33 % (6 to 79 %)',
      'fixed (1)',
      '  mended: fail → expected-fail; flaky: 1 of 2 red, 50 % (9 to 91 %)',
      'still not as known (1)',
      '  red: error → fail',
      'other verdicts (1)',
      '  known: pass → expected-fail',
      'slower or faster (1)',
      '  assignment IPv4: p50 52 ms → 152 ms (×2.92; 6 and 6 values; slower, p = 0.002)',
      'no longer run (1)',
      '  gone: was pass',
      'not run before (1)',
      '  new: pass',
      'measured (1)',
      '  assignment IPv6: p50 50 ms → 50 ms (×1.00; 1 and 1 values; too few to tell)',
    ]);
  });

  it('says that nothing is different', () => {
    expect(comparisonText(compareRuns(before, { ...before, id: 'again' }))).toBe(
      'monday → again\nnot as known: 2 → 2, 0 of them new\nnothing is different\nstill not as known (2)\n  mended: fail → fail\n  red: error → error',
    );
  });
});
