import type { EventWords, Telling } from '../implementation.ts';

/** The reasons by which the controller says that a Service gets nothing, 0.13 to 0.16. */
const REFUSALS: ReadonlySet<string> = new Set([
  'AllocationFailed',
  'LoadBalancerFailed',
  'InternalError',
  'nolbIPsIPFamily',
  'noclusterIPsIPFamily',
  'not enough clusterips',
]);

/**
 * What the controller has told last. `AdditionalAssignFailed` is told beside an address: the Service has one
 * family, and that event says why not the other.
 */
export function metallbTelling(events: readonly EventWords[]): Telling | undefined {
  for (const { reason, message } of events.toReversed()) {
    const text = `${reason}: ${message}`;
    if (REFUSALS.has(reason)) return { said: 'refused', text };
    if (reason === 'AdditionalAssignFailed') return { said: 'partial', text };
    if (reason === 'IPAllocated') return { said: 'satisfied', text };
  }
  return undefined;
}
