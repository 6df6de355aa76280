import { FAMILIES, type Family } from '../../base/addresses.ts';
import { quantile, round } from '../../base/statistics.ts';
import { measuredAlone } from '../record/alone.ts';
import { assignmentSummary } from '../record/assignment.ts';
import type { Outage } from '../record/outage.ts';
import { failoversOf } from '../record/outages.ts';
import type { ScenarioRecord } from '../record/record.ts';
import type { ConformanceReport, Failover } from './conformance-report.ts';

export function measurementsOf(scenarios: readonly ScenarioRecord[]): ConformanceReport['measurements'] {
  const alone = measuredAlone(scenarios);
  return {
    assignment: assignmentSummary(alone.map(({ observations }) => observations)),
    failover: failovers(alone),
  };
}

/** A scenario and step of it, over all runs. What heals is no failover, and what is in doubt no measurement. */
function failovers(scenarios: readonly ScenarioRecord[]): Failover[] {
  const seen = scenarios.flatMap(({ id, observations }) =>
    failoversOf(observations)
      .filter(({ window }) => !window.heals)
      .map((one) => ({ scenario: id, ...one })),
  );
  const groups = Map.groupBy(seen, ({ scenario, window }) => `${scenario}/${window.after}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const outages = group.flatMap((one) => one.outages).filter((one) => one.inconclusive === undefined);
    if (!first || outages.length === 0) return [];
    const { scenario, window } = first;
    const families = FAMILIES.map((family) => summary(family, outages));
    return [{ scenario, step: window.after, cause: window.cause, ...families[0], ...families[1] }];
  });
}

function summary(family: Family, outages: readonly Outage[]): Pick<Failover, Family> {
  const own = outages.filter((one) => one.family === family);
  if (own.length === 0) return {};
  const lengths = own.map(({ downMs }) => downMs);
  const [p50 = 0, p95 = 0, max = 0] = [0.5, 0.95, 1].map((share) => round(quantile(lengths, share), 1));
  const errorMs = round(Math.max(...own.map((one) => one.errorMs)), 1);
  const open = own.filter(({ recovered }) => !recovered).length;
  return {
    [family]: { count: own.length, p50, p95, max, errorMs, ...(open === 0 ? {} : { unrecovered: open }) },
  };
}
