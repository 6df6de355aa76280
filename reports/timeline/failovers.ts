import { describeOutage } from '../record/outage-text.ts';
import { failoversOf, type Failover } from '../record/outages.ts';
import type { Observation } from '../record/record.ts';

/** One line for each step whose cost was measured, with the outage of each family and its parts. */
export function failoverLines(observations: readonly Observation[]): string[] {
  return failoversOf(observations).map((failover) => `${failover.window.after}: ${outagesText(failover)}`);
}

/** The address only where a family has several. */
export function outagesText({ outages }: Failover): string {
  return outages
    .map((outage) => {
      const isAlone = outages.filter(({ family }) => family === outage.family).length === 1;
      return `${outage.family}${isAlone ? '' : ` ${outage.address}`} ${describeOutage(outage)}`;
    })
    .join('; ');
}
