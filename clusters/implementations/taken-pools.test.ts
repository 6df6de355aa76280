import { afterEach, describe, expect, it, vi } from 'vitest';

import { TakenPools } from './taken-pools.ts';

const { signal } = new AbortController();

function takenPools(...names: string[]): TakenPools {
  const taken = new TakenPools({ who: 'The allocator', hint: 'Look at its log.' });
  for (const name of names) taken.add(name);
  return taken;
}

describe('TakenPools', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('has taken in what came after the mark', async () => {
    const taken = takenPools();
    const mark = taken.mark();
    taken.add('a');
    taken.add('b');
    await expect(taken.whenTaken(['b', 'a'], mark, signal)).resolves.toBe(1);
    await expect(taken.whenTaken([], taken.mark(), signal)).resolves.toBe(2);
  });

  it('waits for all of them, and takes nothing from before the mark', async () => {
    const taken = takenPools('a', 'b');
    const done = vi.fn<() => void>();
    const waiting = taken.whenTaken(['a', 'b'], taken.mark(), signal).finally(done);
    taken.add('b');
    taken.add('c');
    await new Promise(setImmediate);
    expect(done).not.toHaveBeenCalled();
    taken.add('a');
    await waiting;
    expect(done).toHaveBeenCalledOnce();
  });

  it('says what is missing when the time is up', async () => {
    vi.stubEnv('DUALVIP_TIMEOUT_POOLS_TAKEN', '20');
    const taken = takenPools('a');
    const mark = taken.mark();
    taken.add('b');
    await expect(taken.whenTaken(['a', 'b', 'c'], mark, signal)).rejects.toMatchObject({
      code: 'DUALVIP_POOLS_NOT_TAKEN',
      message: 'The allocator has not taken in a, c',
      hint: 'Look at its log.',
    });
  });

  it('fails at once with what failed, until something is taken in again', async () => {
    const taken = takenPools();
    const waiting = taken.whenTaken(['a'], 0, signal);
    taken.fail(new Error('the watch ended'));
    const failure = { message: 'The allocator has not taken in a: the watch ended' };
    await expect(waiting).rejects.toMatchObject(failure);
    await expect(taken.whenTaken(['a'], 0, signal)).rejects.toMatchObject(failure);
    taken.add('b');
    const again = taken.whenTaken(['a'], 0, signal);
    taken.add('a');
    await expect(again).resolves.toBe(1);
  });

  it('ends with its signal', async () => {
    const scope = new AbortController();
    const waiting = takenPools().whenTaken(['a'], 0, scope.signal);
    scope.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });

  it('counts a look that began after the mark, and none that began before', async () => {
    const taken = takenPools();
    const begun = taken.mark();
    taken.add('a');
    const mark = taken.mark();
    taken.add('*', begun);
    // What is left of a bound is seldom a whole number of milliseconds.
    await expect(taken.whenReconciled(['*'], mark, { withinMs: 20.5, signal })).resolves.toBeUndefined();
    taken.add('*');
    await expect(taken.whenReconciled(['*'], mark, { withinMs: 20, signal })).resolves.toBeGreaterThan(0);
  });

  it('tells from when on a pool has been known', async () => {
    const taken = takenPools('other');
    const reload = taken.mark();
    taken.add('*');
    taken.add('a', reload);
    const known = await taken.whenTaken(['a'], 1, signal);
    expect(known).toBe(1);
    await expect(taken.whenReconciled(['*'], known, { withinMs: 20, signal })).resolves.toBeGreaterThan(0);
  });
});
