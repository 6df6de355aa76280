import { scaleLinear, scaleSymlog } from 'd3-scale';

import { quantile } from '../../base/statistics.ts';

/** Values on a line of length 1. */
export interface Scale {
  /** 0 to 1. */
  share: (value: number) => number;
  ticks: readonly number[];
  isLogarithmic: boolean;
}

/** `ticks`: about how many. */
export function linearScale(from: number, to: number, ticks = 5): Scale {
  const scale = scaleLinear([from, Math.max(to, from + 1)], [0, 1]).clamp(true);
  return { share: scale, ticks: scale.ticks(ticks), isLogarithmic: false };
}

/** The longest is so many times the median where an even axis has all others at its very begin. */
const ORDERS = 20;
/** Milliseconds: below so many, an even axis is as good as any. */
const SHORT = 100;

/**
 * Milliseconds from 0 on. Where they differ by orders of magnitude it is logarithmic, and even below its first tick, so
 * that 0 has a place.
 */
export function timesScale(values: readonly number[], ticks = 5): Scale {
  const longest = Math.max(0, ...values);
  const some = values.filter((value) => value > 0);
  const isFar = longest > SHORT && longest > ORDERS * quantile(some, 0.5);
  if (!isFar) return linearScale(0, longest * 1.05, ticks);
  const first = longest >= 1_000 ? 10 : 1;
  const scale = scaleSymlog([0, longest * 1.1], [0, 1])
    .constant(first)
    .clamp(true);
  const decades = [0];
  for (let tick = first; tick <= longest * 1.1; tick *= 10) decades.push(tick);
  return { share: scale, ticks: decades, isLogarithmic: true };
}
