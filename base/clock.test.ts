import { describe, expect, it } from 'vitest';

import { formatMs, monotonicMs } from './clock.ts';

describe('formatMs', () => {
  it.each([
    [0, '0 ms'],
    [0.4, '0 ms'],
    [350.5, '351 ms'],
    [999.4, '999 ms'],
    [999.5, '1.0 s'],
    [1_249, '1.2 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min 00 s'],
    [123_400, '2 min 03 s'],
    [179_600, '3 min 00 s'],
    [3_600_000, '60 min 00 s'],
  ])('%d ms is "%s"', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });
});

describe('monotonicMs', () => {
  it('is on the clock of process.hrtime, in milliseconds', () => {
    const before = Number(process.hrtime.bigint() / 1_000_000n);
    const now = monotonicMs();
    const after = Number(process.hrtime.bigint() / 1_000_000n) + 1;
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(after);
  });
});
