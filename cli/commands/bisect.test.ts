import { describe, expect, it } from 'vitest';

import { scenarioWith } from '../../reports/fixtures.ts';
import { checkScenario, resultText, rowText, versionsBetween } from './bisect.ts';

const versions = ['0.13.12', '0.14.9', '0.16.1'];

describe('versionsBetween', () => {
  it.each([
    ['0.14.9', '0.16.1', ['0.14.9', '0.15.2', '0.16.1']],
    ['v0.16.1', '0.15.2', ['0.16.1', '0.15.2']],
  ])('from %s to %s', async (good, bad, expected) => {
    expect(await versionsBetween('metallb', { good, bad })).toEqual(expected);
  });

  it.each([
    ['0.1.0', '0.16.1', 'metallb 0.1.0 cannot be had'],
    ['0.16.1', '0.16.1', '--good 0.16.1 --bad 0.16.1: they are the same version'],
  ])('refuses %s and %s', async (good, bad, message) => {
    await expect(versionsBetween('metallb', { good, bad })).rejects.toMatchObject({ exitCode: 64, message });
  });
});

describe('checkScenario', () => {
  it('knows what was meant', async () => {
    await expect(checkScenario('c2-dual-pol')).rejects.toMatchObject({
      exitCode: 64,
      message: 'there is no scenario "c2-dual-pol" (did you mean "c2-dual-pool"?)',
    });
    await expect(checkScenario('c2-dual-pool')).resolves.toBeUndefined();
  });
});

describe('what is told', () => {
  const seen = new Map([
    ['0.13.12', true],
    ['0.16.1', false],
  ]);

  it('is a row of versions', () => {
    const records = new Map([
      ['0.13.12', scenarioWith('pass')],
      ['0.16.1', scenarioWith('expected-fail')],
    ]);
    const failures = new Map([['0.14.9', 'kind could not create it']]);
    expect(rowText(versions, { result: { seen, unsure: [] }, records, failures })).toBe(
      [
        'VERSION        WHAT CAME OUT',
        '0.13.12  good  IPv4 pass  IPv6 pass  pair pass',
        '0.14.9         kind could not create it',
        '0.16.1   bad   IPv4 pass  IPv6 expected-fail  pair expected-fail',
      ].join('\n'),
    );
  });

  it.each([
    [
      { seen, first: '0.16.1', unsure: [] },
      'c2: no longer good since 0.16.1; 0.13.12 is the last that is good',
    ],
    [
      { seen, first: '0.16.1', unsure: ['0.14.9'] },
      'c2: no longer good since 0.16.1, or 0.14.9, of which nothing can be said; 0.13.12 is the last that is good',
    ],
    [
      { seen: new Map([['0.13.12', false]]), unsure: [] },
      'c2: 0.13.12 is not good: it is not as claimed there, or nothing can be said',
    ],
    [
      { seen: new Map([['0.13.12', true]]), unsure: [] },
      'c2: 0.16.1 is not bad: it is as claimed there, or nothing can be said',
    ],
  ])('is a sentence', (result, text) => {
    expect(resultText('c2', { versions, result })).toBe(text);
  });

  it('is since when it is good, where the good one is the newer', () => {
    const seenDown = new Map([
      ['0.16.1', true],
      ['0.14.9', true],
      ['0.13.12', false],
    ]);
    const result = { seen: seenDown, first: '0.13.12', unsure: [] };
    expect(resultText('c3', { versions: versions.toReversed(), result })).toBe(
      'c3: good since 0.14.9; 0.13.12 is the last that is not',
    );
  });
});
