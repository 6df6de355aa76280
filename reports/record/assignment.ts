import { FAMILIES, type Family } from '../../base/addresses.ts';
import { quantile, round } from '../../base/statistics.ts';
import type { AssignmentSummary, Observation, ServiceObservation } from './record.ts';

/** Steps after which an address may come that did not before. */
const ACTS: ReadonlySet<string> = new Set(['pools', 'delete', 'restart', 'start', 'patch']);

/** How long one Service waited, in milliseconds; a family is left out where that was not seen. */
export type Waits = Partial<Record<Family, number>>;

/**
 * How long each Service waited for its address of each family, in milliseconds: from the API's answer to the
 * call that asked for it, to the watch event that carries it, both on the harness's monotonic clock. The watch
 * can be the quicker one: then it is 0. Without such an answer (records of version 0.1), from the first time that
 * a watch showed the Service asking.
 */
export function assignmentWaits(observations: readonly Observation[]): Waits[] {
  const byService = Map.groupBy(
    observations.filter((one): one is ServiceObservation => one.kind === 'service' && !one.deleted),
    ({ uid }) => uid,
  );
  // A Service that no step has applied is the harness's own (a nudge).
  const applied = new Set(observations.flatMap((one) => (one.kind === 'applied' ? one.services : [])));
  const own = [...byService.values()].filter(
    ([first]) => applied.size === 0 || (first && applied.has(first.service)),
  );
  return own.map((history) => {
    const waits: Waits = {};
    for (const family of FAMILIES) {
      const wait = waitFor(family, history, observations);
      if (wait !== undefined) waits[family] = wait;
    }
    return waits;
  });
}

/** Of several Services, those of the one that waited longest, each family for itself. */
export function assignmentMs(observations: readonly Observation[]): Waits {
  const all = assignmentWaits(observations);
  const slowest: Waits = {};
  for (const family of FAMILIES) {
    const waits = all.flatMap((one) => one[family] ?? []);
    if (waits.length > 0) slowest[family] = Math.max(...waits);
  }
  return slowest;
}

function waitFor(
  family: Family,
  history: readonly ServiceObservation[],
  observations: readonly Observation[],
): number | undefined {
  const asked = history.find(({ ipFamilies }) => ipFamilies.includes(family));
  if (!asked) return undefined;
  const assigned = history.find((one) => one.at >= asked.at && hasAddress(family, one));
  if (!assigned) return undefined;
  const answers = observations.filter(
    (one) => one.kind === 'applied' && one.services.includes(asked.service),
  );
  const answer = answers.findLast(({ at }) => at <= assigned.at) ?? answers[0];
  if (!answer) return assigned === asked ? undefined : assigned.at - asked.at;
  // What a later act has brought about is not the answer to this call.
  const helped = observations.some(
    (one) => one.at > answer.at && one.at < assigned.at && (isAct(one) || isDeletion(one)),
  );
  return helped || assigned.at > endOf(observations) ? undefined : Math.max(0, assigned.at - answer.at);
}

function isAct(one: Observation): boolean {
  return one.kind === 'step' && ACTS.has(one.step);
}

/** Also of the clean-up, which is no step: what one Service gives back, another one gets. */
function isDeletion(one: Observation): boolean {
  return one.kind === 'service' && one.deleted;
}

/** When the clean-up begins; never, where no step is known. */
function endOf(observations: readonly Observation[]): number {
  const ends = observations.flatMap((one) =>
    one.kind === 'step' || one.kind === 'nudge' ? [one.endedAt] : [],
  );
  return ends.length === 0 ? Infinity : Math.max(...ends);
}

function hasAddress(family: Family, { addresses }: ServiceObservation): boolean {
  // Only IPv6 is written with colons (RFC 4291, 2.2). Not `familyOf`: a report must not throw for a bad record.
  return addresses.some((address) => address.includes(':') === (family === 'IPv6'));
}

/** Milliseconds, over all Services of a run. */
export function assignmentSummary(scenarios: readonly (readonly Observation[])[]): AssignmentSummary {
  const waits = scenarios.flatMap((observations) => assignmentWaits(observations));
  const skews = waits.flatMap(({ IPv4, IPv6 }) =>
    IPv4 === undefined || IPv6 === undefined ? [] : [Math.abs(IPv4 - IPv6)],
  );
  const families = FAMILIES.map((family) => waits.flatMap((one) => one[family] ?? []));
  const [IPv4 = [], IPv6 = []] = families;
  return { ...summary('IPv4', IPv4), ...summary('IPv6', IPv6), ...summary('skew', skews) };
}

function summary(name: keyof AssignmentSummary, values: readonly number[]): AssignmentSummary {
  if (values.length === 0) return {};
  const [p50, p95, max] = [0.5, 0.95, 1].map((share) => round(quantile(values, share), 3));
  return { [name]: { count: values.length, p50, p95, max } };
}
