import type { RunRecord, ScenarioRecord, Subject } from '../record/record.ts';
import {
  CONFORMANCE_VERSION,
  STATUSES,
  type ConformanceReport,
  type FeatureResult,
  type Section,
  type Status,
} from './conformance-report.ts';
import { measurementsOf } from './measurements.ts';
import { outcomeOf, statusOf, worst, type Outcome } from './outcome.ts';
import type { Profile, ProfileFeature } from './profile.ts';

/**
 * What runs of one implementation, version and mode say of a profile. Pure. Where a scenario ran several times,
 * the worst of what says anything counts; its times are those of all of them.
 */
export function conformanceOf(profile: Profile, runs: readonly RunRecord[]): ConformanceReport {
  const oldestFirst = runs.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  const newest = oldestFirst.at(-1);
  if (!newest) throw new RangeError('no run');
  const byId = Map.groupBy(
    oldestFirst.flatMap(({ scenarios }) => scenarios),
    ({ id }) => id,
  );
  const features = profile.features.map((feature) => ({ feature, result: featureResult(feature, byId) }));
  const section = (level: ProfileFeature['level']) =>
    sectionOf(
      features
        .filter(({ feature }) => feature.level === level && feature.of === 'implementation')
        .map(({ result }) => result),
    );
  const own = features.filter(({ feature }) => feature.of === 'harness').map((one) => one.result);
  const [core, extended] = [section('core'), section('extended')];
  const result = resultOf(core);
  return {
    version: CONFORMANCE_VERSION,
    date: newest.startedAt,
    harness: { version: newest.harness.version },
    implementation: newest.implementation,
    profile: { name: profile.name, version: profile.version },
    runs: oldestFirst.map(({ id, startedAt, cluster: { topology, kubernetes }, machine }) => ({
      id,
      date: startedAt,
      topology,
      kubernetes,
      machine,
    })),
    result,
    summary: summaryOf(result, core, extended),
    core,
    extended,
    ...(own.length === 0 ? {} : { harnessFeatures: own }),
    ...surprises(profile, byId),
    measurements: measurementsOf([...byId.values()].flat()),
  };
}

type ById = ReadonlyMap<string, readonly ScenarioRecord[]>;

function featureResult({ name, title, scenarios }: ProfileFeature, byId: ById): FeatureResult {
  const records = scenarios.map((id) => ({ id, records: byId.get(id) ?? [] }));
  const outcomes = (subject: Subject): Outcome[] =>
    records.map((one) => worst(one.records.map((record) => outcomeOf(record, subject))));
  const pair = outcomes('pair');
  const idsOf = (outcome: Outcome) => scenarios.filter((_, index) => pair[index] === outcome);
  const status = statusOf(pair);
  const deviations = deviationsOf(records.flatMap((one) => one.records));
  const skipped = records.filter((_, index) => pair[index] === 'skipped').map(skippedOf);
  const [failed, unsupported] = [idsOf('failing'), idsOf('unsupported')];
  return {
    name,
    title,
    status,
    families: { IPv4: statusOf(outcomes('IPv4')), IPv6: statusOf(outcomes('IPv6')), pair: status },
    scenarios: scenarios.length,
    passed: idsOf('pass').length + idsOf('pass-in-part').length,
    ...(status !== 'unsupported' && pair.includes('pass-in-part') ? { allocationOnly: true } : {}),
    ...(deviations.length === 0 ? {} : { deviations }),
    ...(failed.length === 0 ? {} : { failed }),
    ...(unsupported.length === 0 ? {} : { unsupported }),
    ...(skipped.length === 0 ? {} : { skipped }),
  };
}

function skippedOf({ id, records }: { id: string; records: readonly ScenarioRecord[] }) {
  const last = records.at(-1);
  if (!last) return { scenario: id, reason: 'not run' };
  const { pair } = last.verdict;
  return { scenario: id, reason: last.reason === undefined ? pair : `${pair}: ${last.reason}` };
}

/** Those that were seen, or may be by chance, each with all its scenarios. */
function deviationsOf(records: readonly ScenarioRecord[]): NonNullable<FeatureResult['deviations']> {
  const seen = records.flatMap(({ id, verdict, deviation }) =>
    deviation && (verdict.pair === 'expected-fail' || (verdict.pair === 'pass' && deviation.chance))
      ? [{ id, deviation }]
      : [],
  );
  const groups = Map.groupBy(seen, ({ deviation }) => deviation.summary);
  return [...groups].map(([summary, group]) => ({
    summary,
    upstream: [...new Set(group.flatMap(({ deviation }) => deviation.upstream))],
    scenarios: [...new Set(group.map(({ id }) => id))],
  }));
}

function sectionOf(features: FeatureResult[]): Section {
  const count = (status: Status) => features.filter((one) => one.status === status).length;
  const statistics = {
    supported: count('supported'),
    deviating: count('deviating'),
    failing: count('failing'),
    unsupported: count('unsupported'),
    untested: count('untested'),
  };
  return { statistics, features };
}

function resultOf(core: Section): ConformanceReport['result'] {
  const { failing, deviating, unsupported, untested } = core.statistics;
  if (failing > 0) return 'failure';
  // A scenario that was left out could have told anything, beside a deviation as well.
  const left = core.features.some((one) => one.skipped !== undefined || one.unsupported !== undefined);
  if (untested > 0 || unsupported > 0 || left) return 'partial';
  return deviating > 0 ? 'deviating' : 'success';
}

function summaryOf(result: ConformanceReport['result'], core: Section, extended: Section): string {
  const words = {
    success: 'every core feature is supported',
    deviating: 'core features deviate, exactly as is known',
    partial: 'not every core scenario was judged',
    failure: 'core features fail, and not as is known',
  }[result];
  return `${words}. core: ${counts(core)}; extended: ${counts(extended)}`;
}

function counts({ statistics }: Section): string {
  return STATUSES.filter((status) => statistics[status] > 0)
    .map((status) => `${statistics[status]} ${status}`)
    .join(', ');
}

/** What is better than it is said to be: news for whoever keeps the claims and the deviations. */
function surprises(
  profile: Profile,
  byId: ById,
): Pick<ConformanceReport, 'unclaimedButPasses' | 'deviationGone'> {
  const passing = profile.features.flatMap(({ name: feature, scenarios }) =>
    scenarios.flatMap((scenario) => {
      const record = byId.get(scenario)?.find(({ verdict }) => verdict.pair === 'unexpected-pass');
      return record ? [{ feature, scenario, record }] : [];
    }),
  );
  const unclaimedButPasses = passing.flatMap(({ feature, scenario, record: { unclaimed } }) =>
    unclaimed ? [{ feature, scenario, claims: unclaimed }] : [],
  );
  const deviationGone = passing.flatMap(({ feature, scenario, record: { unclaimed, deviation } }) =>
    unclaimed || !deviation ? [] : [{ feature, scenario, summary: deviation.summary }],
  );
  return {
    ...(unclaimedButPasses.length === 0 ? {} : { unclaimedButPasses }),
    ...(deviationGone.length === 0 ? {} : { deviationGone }),
  };
}
