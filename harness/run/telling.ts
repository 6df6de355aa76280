import type { Implementation } from '../../clusters/implementations/implementation.ts';
import type { TellingOf } from '../judge/expectation.ts';

/** How the implementation's word is read from what was observed of a Service. */
export function tellingOf({ telling }: Pick<Implementation, 'telling'>): TellingOf {
  return ({ service, events }) => telling(events, service?.conditions ?? [], service?.addresses ?? []);
}
