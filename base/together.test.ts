import { describe, expect, it } from 'vitest';

import { sleep } from './converge.ts';
import { together } from './together.ts';

const { signal } = new AbortController();

describe('together', () => {
  it('gives all results, in order', async () => {
    await expect(together(signal, () => [Promise.resolve(1), Promise.resolve('two')])).resolves.toEqual([
      1,
      'two',
    ]);
  });

  it('aborts the others at the first failure, waits for their end, and throws that failure', async () => {
    const ended: string[] = [];
    const long = async (scope: AbortSignal) => {
      try {
        await sleep(60_000, scope);
      } finally {
        ended.push('long');
      }
    };
    const work = together(signal, (scope) => [Promise.reject(new Error('first')), long(scope)]);
    await expect(work).rejects.toThrow('first');
    expect(ended).toEqual(['long']);
  });

  it("aborts all with the caller's signal", async () => {
    const stop = new AbortController();
    const work = together(stop.signal, (scope) => [sleep(60_000, scope)]);
    stop.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
  });
});
