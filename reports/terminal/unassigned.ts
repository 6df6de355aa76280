import { FAMILIES, type Family } from '../../base/addresses.ts';
import type { Observation, ServiceObservation } from '../record/record.ts';

/**
 * The families that a Service asked for, and that no Service had an address of at any time: a claim can hold
 * with none, as C5's does. Services of other types than LoadBalancer ask for none.
 */
export function unassignedFamilies(observations: readonly Observation[]): Family[] {
  const services = observations.filter(
    (one): one is ServiceObservation => one.kind === 'service' && !one.deleted && asksForAddresses(one),
  );
  return FAMILIES.filter(
    (family) =>
      services.some(({ ipFamilies }) => ipFamilies.includes(family)) &&
      // Only IPv6 is written with colons (RFC 4291, 2.2).
      !services.some(({ addresses }) => addresses.some((one) => one.includes(':') === (family === 'IPv6'))),
  );
}

/** Records of older versions do not tell the type. */
function asksForAddresses({ type }: ServiceObservation): boolean {
  return type === undefined || type === 'LoadBalancer';
}
