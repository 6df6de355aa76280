/** The value below which a share `q` (0 to 1) of the values lies: nearest rank, so always one of them. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no values');
  return value;
}

/** To a number of decimals. */
export function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
