import { assert, array, float, property } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { mannWhitney } from './mann-whitney.ts';

describe('mannWhitney', () => {
  it('is exact for small samples', () => {
    // All of one before all of the other: 2 of the C(6,3) = 20 orders, and 2 of C(10,5) = 252.
    expect(mannWhitney([1, 2, 3], [4, 5, 6])).toBeCloseTo(2 / 20, 10);
    expect(mannWhitney([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toBeCloseTo(2 / 252, 10);
    // U = 1: one exchange; 2 orders on each side.
    expect(mannWhitney([1, 2, 4], [3, 5, 6])).toBeCloseTo(4 / 20, 10);
  });

  it('counts what Mann and Whitney have tabled', () => {
    // m = n = 4, U = 2: 0.0571 one way.
    expect(mannWhitney([1, 2, 3, 6], [4, 5, 7, 8])).toBeCloseTo(2 * 0.0571, 3);
  });

  it('finds nothing in samples that are the same', () => {
    expect(mannWhitney([1, 1, 1, 1, 1], [1, 1, 1, 1, 1])).toBe(1);
    expect(mannWhitney([], [1])).toBe(1);
  });

  it('finds a shift of large samples, and none where there is none', () => {
    const base = Array.from({ length: 40 }, (_, index) => 50 + ((index * 37) % 40));
    expect(
      mannWhitney(
        base,
        base.map((value) => value + 15),
      ),
    ).toBeLessThan(0.001);
    expect(
      mannWhitney(
        base,
        base.map((value) => value + 0.5),
      ),
    ).toBeGreaterThan(0.5);
  });

  it('is a probability, and the same both ways', () => {
    const values = array(float({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 15 });
    assert(
      property(values, values, (one, other) => {
        const p = mannWhitney(one, other);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(mannWhitney(other, one)).toBeCloseTo(p, 10);
      }),
      { numRuns: 50 },
    );
  });
});
