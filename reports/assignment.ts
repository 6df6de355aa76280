import { FAMILIES, type Family } from '../base/addresses.ts';
import type { Observation, ServiceObservation } from './record/record.ts';

/**
 * How long a Service waited for its address of each family, in milliseconds: from the first time that a watch
 * showed it asking for the family and without an address of it, to the first time with one. Of several
 * Services, the one that waited longest. A family is left out where no such pair was seen.
 */
export function assignmentMs(observations: readonly Observation[]): Partial<Record<Family, number>> {
  const byService = Map.groupBy(
    observations.filter((one): one is ServiceObservation => one.kind === 'service' && !one.deleted),
    ({ uid }) => uid,
  );
  const slowest: Partial<Record<Family, number>> = {};
  for (const family of FAMILIES) {
    const waits = [...byService.values()].flatMap((history) => waitFor(family, history) ?? []);
    if (waits.length > 0) slowest[family] = Math.max(...waits);
  }
  return slowest;
}

function waitFor(family: Family, history: readonly ServiceObservation[]): number | undefined {
  const asked = history.find(({ ipFamilies }) => ipFamilies.includes(family));
  if (!asked || hasAddress(family, asked)) return undefined;
  const assigned = history.find((one) => one.at >= asked.at && hasAddress(family, one));
  return assigned && assigned.at - asked.at;
}

function hasAddress(family: Family, { addresses }: ServiceObservation): boolean {
  // Only IPv6 is written with colons (RFC 4291, 2.2). Not `familyOf`: a report must not throw for a bad record.
  return addresses.some((address) => address.includes(':') === (family === 'IPv6'));
}
