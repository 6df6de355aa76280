import { describe, expect, it } from 'vitest';

import { monotonicMs } from '../../../base/clock.ts';
import { compareClocks, WallClock, type Clocks } from './wall-clock.ts';

/** Clocks of which every reading takes `stepMs`; the wall clock is `ahead` and tells whole milliseconds. */
function steppingClocks(stepMs: number, ahead: number): Clocks {
  let now = 1000.3;
  const read = () => (now += stepMs);
  return { monotonicMs: read, wallMs: () => Math.floor(read() + ahead) };
}

describe('compareClocks', () => {
  it('finds the difference in the moment that the millisecond changes', () => {
    const { differenceMs, errorMs } = compareClocks(steppingClocks(0.001, 500));
    expect(differenceMs).toBeCloseTo(-500, 2);
    expect(errorMs).toBeLessThan(0.003);
    expect(Math.abs(differenceMs + 500)).toBeLessThanOrEqual(errorMs + 1e-6);
  });

  it('tells that slow readings are less exact', () => {
    const { differenceMs, errorMs } = compareClocks(steppingClocks(0.2, 500));
    expect(errorMs).toBeGreaterThan(0.2);
    expect(errorMs).toBeLessThan(0.5);
    expect(Math.abs(differenceMs + 500)).toBeLessThanOrEqual(errorMs + 1e-6);
  });

  it('owns up to a millisecond where the wall clock does not go on', () => {
    let now = 0;
    expect(compareClocks({ monotonicMs: () => (now += 0.1), wallMs: () => 7 }).errorMs).toBe(1);
  });

  it('agrees with the clocks of this machine', () => {
    const { differenceMs, errorMs } = compareClocks();
    // However long the machine takes between two of these readings.
    const before = monotonicMs();
    const now = Date.now() + differenceMs;
    const after = monotonicMs();
    // The wall clock tells whole milliseconds, and may have been slewed a little.
    expect(now).toBeGreaterThan(before - errorMs - 2);
    expect(now).toBeLessThan(after + errorMs + 1);
  });
});

describe('WallClock', () => {
  it('takes times to the monotonic clock, and adds to the error what the wall clock was moved', () => {
    const differences = [
      { differenceMs: -1000, errorMs: 0.01 },
      { differenceMs: -1000.5, errorMs: 0.02 },
      { differenceMs: -1000.5, errorMs: 0.01 },
    ];
    const clock = new WallClock(() => differences.shift() ?? { differenceMs: 0, errorMs: 0 });
    expect(clock.monotonicMs(3_000_500)).toBe(2000.5);
    expect(clock.errorMs).toBe(0.01);
    clock.renew();
    expect(clock.monotonicMs(3_000_500)).toBe(2000);
    expect(clock.errorMs).toBeCloseTo(0.52, 6);
    clock.renew();
    expect(clock.errorMs).toBe(0.01);
  });
});
