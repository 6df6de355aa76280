import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { bisect } from './bisection.ts';

const VERSIONS = ['0.13.12', '0.14.9', '0.15.2', '0.16.1'];

async function found(versions: readonly string[], answers: Readonly<Record<string, boolean | undefined>>) {
  const asked: string[] = [];
  const { first, unsure } = await bisect({
    versions,
    isGood(version) {
      asked.push(version);
      return Promise.resolve(answers[version]);
    },
  });
  return { first, unsure, asked };
}

describe('bisect', () => {
  it('finds the first bad version, and asks each once', async () => {
    const answers = { '0.13.12': true, '0.14.9': false, '0.15.2': false, '0.16.1': false };
    expect(await found(VERSIONS, answers)).toEqual({
      first: '0.14.9',
      unsure: [],
      asked: ['0.13.12', '0.16.1', '0.14.9'],
    });
  });

  it('finds when something was fixed: the good one is the newer', async () => {
    const answers = { '0.16.1': true, '0.15.2': true, '0.14.9': false, '0.13.12': false };
    expect((await found(VERSIONS.toReversed(), answers)).first).toBe('0.14.9');
  });

  it('finds nothing where the ends are the same', async () => {
    const answers = { '0.13.12': true, '0.16.1': true };
    expect(await found(VERSIONS, answers)).toEqual({ unsure: [], asked: ['0.13.12', '0.16.1'] });
  });

  it('goes round a version of which nothing can be said, and says so', async () => {
    const answers = { '0.13.12': true, '0.14.9': undefined, '0.15.2': false, '0.16.1': false };
    expect(await found(VERSIONS, answers)).toMatchObject({ first: '0.15.2', unsure: ['0.14.9'] });
  });

  it('finds any change among any number of versions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 40 }), fc.nat(), async (count, seed) => {
        const versions = Array.from({ length: count }, (_, index) => String(index));
        const change = 1 + (seed % (count - 1));
        const answers = Object.fromEntries(versions.map((one, index) => [one, index < change]));
        const { first, asked } = await found(versions, answers);
        expect(first).toBe(String(change));
        expect(asked.length).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(count)));
      }),
    );
  });
});
