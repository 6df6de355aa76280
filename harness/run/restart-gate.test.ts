import { describe, expect, it } from 'vitest';

import { RestartGate } from './restart-gate.ts';

function counting() {
  const state = { restarts: 0 };
  const gate = new RestartGate(() => {
    state.restarts += 1;
    return Promise.resolve();
  });
  return { state, gate };
}

describe('RestartGate', () => {
  it('restarts at once for the only scenario, each time that it asks', async () => {
    const { state, gate } = counting();
    using seat = gate.take();
    await seat.restart();
    await seat.restart();
    expect(state.restarts).toBe(2);
  });

  it('waits until all that run ask, and restarts once', async () => {
    const { state, gate } = counting();
    const [first, second] = [gate.take(), gate.take()];
    const waiting = first.restart();
    await Promise.resolve();
    expect(state.restarts).toBe(0);
    await Promise.all([waiting, second.restart()]);
    expect(state.restarts).toBe(1);
  });

  it('does not wait for one that has ended', async () => {
    const { state, gate } = counting();
    const [first, second] = [gate.take(), gate.take()];
    const waiting = first.restart();
    second[Symbol.dispose]();
    second[Symbol.dispose]();
    await waiting;
    expect(state.restarts).toBe(1);
  });

  it('tells a failure to all that waited', async () => {
    const gate = new RestartGate(() => Promise.reject(new Error('no controller')));
    const seats = [gate.take(), gate.take()];
    const results = await Promise.allSettled(seats.map((seat) => seat.restart()));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
