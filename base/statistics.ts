/** The value below which a share `q` (0 to 1) of the values lies: nearest rank, so always one of them. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

export interface Interval {
  low: number;
  high: number;
}

/** The standard normal distribution has 95 % of its mass within so many standard deviations. */
const Z95 = 1.959_963_984_540_054;

/**
 * The 95 % interval of a rate of which `successes` of `count` were seen (E. B. Wilson, 1927): unlike the textbook's,
 * it is no single point where all or none succeeded.
 */
export function wilson(successes: number, count: number): Interval {
  if (count < 1) throw new RangeError('no values');
  const rate = successes / count;
  const z2 = Z95 ** 2;
  const middle = (rate + z2 / (2 * count)) / (1 + z2 / count);
  const half = (Z95 / (1 + z2 / count)) * Math.sqrt((rate * (1 - rate)) / count + z2 / (4 * count ** 2));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** To a number of decimals. */
export function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
