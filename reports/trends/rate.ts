import { wilson } from '../../base/statistics.ts';

/** A share with the interval that the true one lies in, at 95 %. */
export interface Rate {
  count: number;
  of: number;
  rate: number;
  low: number;
  high: number;
}

/** @throws RangeError of nothing */
export function rateOf(count: number, of: number): Rate {
  return { count, of, rate: count / of, ...wilson(count, of) };
}
