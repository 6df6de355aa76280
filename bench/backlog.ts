import { familyOf } from '../base/addresses.ts';
import type { Observation } from '../reports/record/record.ts';

/**
 * How long, in milliseconds, at least one Service was there that had not yet an address of each of its
 * families, by what the watch showed. That is the implementation's own time: applying Services more slowly does
 * not add to it, and neither does comparing what came of them.
 */
export function backlogMs(observations: readonly Observation[]): number {
  const waiting = new Set<string>();
  let since = 0;
  let total = 0;
  for (const one of observations.toSorted((a, b) => a.at - b.at)) {
    if (one.kind !== 'service') continue;
    const before = waiting.size;
    const has = new Set(one.addresses.map((address) => familyOf(address)));
    const isServed = one.ipFamilies.every((family) => has.has(family));
    if (isServed || one.deleted) waiting.delete(one.uid);
    else waiting.add(one.uid);
    if (before === 0 && waiting.size > 0) since = one.at;
    if (before > 0 && waiting.size === 0) total += one.at - since;
  }
  return total;
}
