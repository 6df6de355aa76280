import { describe, expect, it } from 'vitest';

import { clockOffset } from './clock-offset.ts';

describe('clockOffset', () => {
  it('believes the shortest round trip', async () => {
    // The other clock is 1000 ms ahead and answers halfway, except in the long trips, where it answers at once.
    const trips = [40, 40, 2, 40, 40, 40, 40, 40];
    let time = 0;
    const ask = () => {
      const trip = trips.shift() ?? 0;
      const theirs = time + 1000 + (trip === 2 ? 1 : 0);
      time += trip;
      return Promise.resolve(theirs);
    };
    expect(await clockOffset(ask, () => time)).toEqual({ offsetMs: 1000, uncertaintyMs: 1 });
    expect(trips).toEqual([]);
  });
});
