import { describe, expect, it } from 'vitest';

import { converge, sleep } from './converge.ts';

/** A clock that only sleeping moves. */
function fakeTime() {
  let at = 0;
  const pauses: number[] = [];
  return {
    pauses,
    now: () => at,
    sleep: (ms: number) => {
      at += ms;
      pauses.push(ms);
      return Promise.resolve();
    },
  };
}

/** Observes these one after the other, the last one for ever; an Error is thrown. */
function observing(...values: readonly unknown[]) {
  let index = 0;
  return () => {
    const value = values[Math.min(index, values.length - 1)];
    index += 1;
    if (value instanceof Error) throw value;
    return value;
  };
}

const BOUND = { what: 'the VIP', timeoutMs: 1_000, intervalMs: 300 };
const isUp = (value: unknown) => value === 'up';

describe('converge', () => {
  it('gives the first wanted observation, without a pause when it is the first', async () => {
    const time = fakeTime();
    expect(await converge({ ...BOUND, ...time, observe: observing('up'), until: isUp })).toBe('up');
    expect(time.pauses).toEqual([]);
  });

  it('takes a failure to observe for an observation, and goes on', async () => {
    const time = fakeTime();
    const observe = observing(new Error('ECONNREFUSED'), 'down', 'up');
    expect(await converge({ ...BOUND, ...time, observe, until: isUp })).toBe('up');
    expect(time.pauses).toEqual([300, 300]);
  });

  it('wants the successes of a streak one after the other', async () => {
    const time = fakeTime();
    const observe = observing('up', 'down', 'up', 'up', new Error('reset'), 'up', 'up', 'up');
    await converge({ ...BOUND, ...time, timeoutMs: 10_000, observe, until: isUp, streak: 3 });
    expect(time.pauses).toHaveLength(7);
  });

  it('gives up before a pause that would pass the bound, and says what it saw last', async () => {
    const time = fakeTime();
    const failure = converge({
      ...BOUND,
      ...time,
      observe: observing({ ips: [] }),
      until: isUp,
      hint: 'Look.',
    });
    await expect(failure).rejects.toMatchObject({
      code: 'DUALVIP_TIMEOUT',
      message: 'waiting for the VIP: gave up after 900 ms, 4 attempts (last: {"ips":[]})',
      hint: 'Look.',
    });
  });

  it('tells of the streak that it had', async () => {
    const time = fakeTime();
    const observe = observing('down', 'down', 'up', 'up');
    const failure = converge({ ...BOUND, ...time, observe, until: isUp, streak: 3 });
    await expect(failure).rejects.toThrow(
      'waiting for the VIP: gave up after 900 ms, 4 attempts, 2 of 3 successes in a row (last: up)',
    );
  });

  it('has the last failure to observe as its cause, and only the last', async () => {
    const cause = new Error('ECONNREFUSED');
    const failing = converge({ ...BOUND, ...fakeTime(), observe: observing(cause), until: isUp });
    await expect(failing).rejects.toMatchObject({
      message: 'waiting for the VIP: gave up after 900 ms, 4 attempts (last: ECONNREFUSED)',
      cause,
    });
    const mended = converge({ ...BOUND, ...fakeTime(), observe: observing(cause, 'down'), until: isUp });
    await expect(mended).rejects.not.toHaveProperty('cause');
  });

  it('cuts a long observation', async () => {
    const observe = observing({ text: 'x'.repeat(400) });
    const failure = converge({ ...BOUND, ...fakeTime(), observe, until: isUp });
    await expect(failure).rejects.toThrow(/\(last: \{"text":"x{291}…\)$/);
  });

  it('tells of an observation of nothing', async () => {
    const failure = converge({ ...BOUND, ...fakeTime(), observe: () => undefined, until: isUp });
    await expect(failure).rejects.toThrow('4 attempts (last: undefined)');
  });

  it('hands out a signal that ends with the bound', async () => {
    const failure = converge({
      what: 'an answer',
      timeoutMs: 20,
      // Timers count whole milliseconds and may be up to one early; another pause would pass the bound.
      intervalMs: 10,
      until: isUp,
      observe: (signal) => sleep(60_000, signal),
    });
    await expect(failure).rejects.toMatchObject({
      code: 'DUALVIP_TIMEOUT',
      message: expect.stringMatching(
        /^waiting for an answer: gave up after \S+ m?s, 1 attempts \(last: .*timeout\)$/,
      ),
    });
  });

  it('ends with the reason of the signal, in an observation and in a pause', async () => {
    const inObservation = new AbortController();
    const observe = () => {
      inObservation.abort(new Error('interrupted'));
      throw new Error('aborted');
    };
    await expect(converge({ ...BOUND, observe, until: isUp, signal: inObservation.signal })).rejects.toThrow(
      'interrupted',
    );

    const inPause = new AbortController();
    const failure = converge({
      ...BOUND,
      timeoutMs: 60_000,
      intervalMs: 30_000,
      until: isUp,
      signal: inPause.signal,
      observe: observing('down'),
    });
    setTimeout(() => inPause.abort(new Error('interrupted')), 5);
    await expect(failure).rejects.toThrow('interrupted');
  });

  it('does not observe at all after an abort', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    let observed = 0;
    const observe = () => (observed += 1);
    await expect(converge({ ...BOUND, observe, until: isUp, signal })).rejects.toThrow('interrupted');
    expect(observed).toBe(0);
  });
});

describe('sleep', () => {
  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    await sleep(1, signal);
    expect(listeners).toBe(0);
  });

  it('makes an Error of a reason that is none', async () => {
    const controller = new AbortController();
    const sleeping = sleep(60_000, controller.signal);
    controller.abort('enough');
    await expect(sleeping).rejects.toEqual(new Error('enough'));
  });
});
