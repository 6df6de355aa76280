import { describe, expect, it } from 'vitest';

import { quantile, round } from './statistics.ts';

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
