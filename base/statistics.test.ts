import { describe, expect, it } from 'vitest';

import { quantile, wilson, round } from './statistics.ts';

describe('quantile', () => {
  it.each([
    [0.5, 2],
    [0.95, 4],
    [0, 1],
    [1, 4],
  ])('%d of 1, 2, 3, 4 is %d', (q, expected) => {
    expect(quantile([3, 1, 4, 2], q)).toBe(expected);
  });

  it('has no value of nothing', () => {
    expect(() => quantile([], 0.5)).toThrow('no values');
  });
});

it('rounds', () => {
  expect(round(1.2345, 2)).toBe(1.23);
});

describe('wilson', () => {
  it.each([
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [29, 30, 0.8333, 0.9941],
    [1, 1, 0.2065, 1],
  ])('of %i in %i is %d to %d', (successes, count, low, high) => {
    const interval = wilson(successes, count);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });

  it('has none of nothing', () => {
    expect(() => wilson(0, 0)).toThrow('no values');
  });
});
