import { describe, expect, it } from 'vitest';

import { timesScale } from './scale.ts';

describe('timesScale', () => {
  it('is even where the values are of one order', () => {
    const scale = timesScale([40, 80, 120]);
    expect(scale.isLogarithmic).toBe(false);
    expect(scale.ticks).toEqual([0, 20, 40, 60, 80, 100, 120]);
    expect(scale.share(63)).toBeCloseTo(0.5);
  });

  it('is logarithmic where one is so long that all others would be one dot, and has a place for 0', () => {
    const scale = timesScale([0, 11, 14, 20, 31_000]);
    expect(scale.isLogarithmic).toBe(true);
    expect(scale.ticks).toEqual([0, 10, 100, 1_000, 10_000]);
    expect(scale.share(0)).toBe(0);
    expect(scale.share(14)).toBeGreaterThan(0.08);
    expect(scale.share(14) - scale.share(11)).toBeGreaterThan(0.01);
    expect(scale.share(31_000)).toBeLessThanOrEqual(1);
  });

  it('stays even for a few milliseconds, whatever the others', () => {
    expect(timesScale([0.1, 0.2, 90]).isLogarithmic).toBe(false);
  });

  it('has a length where nothing took any time', () => {
    expect(timesScale([0, 0]).share(0)).toBe(0);
    expect(timesScale([]).ticks[0]).toBe(0);
  });
});
