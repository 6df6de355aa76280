import { FAMILIES, type Family } from '../../base/addresses.ts';
import { implementationTitle } from '../record/implementation-name.ts';
import { prose } from '../unreported/markdown.ts';
import type { ConformanceReport, Failover, FeatureResult, Status } from './conformance-report.ts';
import { markdownTable } from './markdown-table.ts';
import { upstreamLabels } from './upstream-labels.ts';

/** The signs that the terminal's tables have, too. */
const SIGN: Readonly<Record<Status, string>> = {
  supported: '✓',
  deviating: '~',
  failing: '✗',
  unsupported: '-',
  untested: '?',
};
const ALLOCATION_ONLY = '(✓)';
/** Behind what is not claimed. */
const PASSES = '+';
/** A fault that is taken back is no failover. */
const HEAL = 'heal';
/** In the report of an older profile. */
const NOT_ASKED = '·';

const LEGEND = [
  '`✓` supported',
  '`(✓)` supported as far as addresses go: nothing announces them',
  '`~` deviates, exactly as is known; the number is the report upstream, and where there is none nobody has reported it yet',
  '`✗` fails, and not as is known',
  '`-` not claimed; `+` and a scenario of it passes all the same',
  '`?` not judged',
].join(' · ');

/**
 * Reports side by side, in Markdown: a column for each, a row for each feature and each measurement; of outages,
 * those of the scenarios that are about failover. Pure.
 */
export function comparisonTable(
  reports: readonly ConformanceReport[],
  failovers: ReadonlySet<string>,
): string {
  const labels = upstreamLabels(
    reports.flatMap((report) => featuresOf(report).flatMap(({ deviations = [] }) => deviations)),
  );
  const row = ({ name, title }: FeatureResult) => [
    prose(title),
    ...reports.map((report) => {
      const feature = featuresOf(report).find((one) => one.name === name);
      const passes = report.unclaimedButPasses?.some((one) => one.feature === name);
      return `${cell(feature, labels)}${passes ? ` ${PASSES}` : ''}`;
    }),
  ];
  const newest = reports.toSorted((a, b) => b.profile.version - a.profile.version)[0];
  if (!newest) return '_No results are published yet._';
  const empty = reports.map(() => '');
  const head = ['', ...reports.map(({ implementation }) => prose(implementationTitle(implementation)))];
  const rows = [
    ['**Core**', ...reports.map(({ result }) => result)],
    ...newest.core.features.map(row),
    ['**Extended**', ...empty],
    ...newest.extended.features.map(row),
    ['**Measured**, ms', ...empty],
    ...measurementRows(reports, failovers),
  ];
  const definitions = [...labels].map(([url, label]) => `[${label}]: ${url}`);
  return [markdownTable(head, rows), LEGEND, sourceOf(reports), definitions.join('\n')]
    .filter((block) => block !== '')
    .join('\n\n');
}

function featuresOf({ core, extended }: ConformanceReport): FeatureResult[] {
  return [...core.features, ...extended.features];
}

function cell(feature: FeatureResult | undefined, labels: ReadonlyMap<string, string>): string {
  if (!feature) return NOT_ASKED;
  const { status, deviations = [], allocationOnly } = feature;
  if (status === 'supported') return allocationOnly ? ALLOCATION_ONLY : SIGN.supported;
  if (status !== 'deviating') return SIGN[status];
  const urls = [...new Set(deviations.flatMap(({ upstream }) => upstream))];
  return [SIGN.deviating, ...urls.map((url) => `[${labels.get(url) ?? url}]`)].join(' ');
}

/** A row of each family; a measure that no report has is left out. */
function measurementRows(reports: readonly ConformanceReport[], wanted: ReadonlySet<string>): string[][] {
  const assigned = FAMILIES.map((family) => [
    `assigned, ${family}: p50 / p95`,
    ...reports.map(({ measurements }) => {
      const one = measurements.assignment[family];
      return one ? `${ms(one.p50)} / ${ms(one.p95)}` : '';
    }),
  ]);
  const failovers = new Map(
    reports
      .flatMap(({ measurements }) => measurements.failover)
      .filter(({ scenario, cause }) => wanted.has(scenario) && cause !== HEAL)
      .map((one) => [keyOf(one), one]),
  );
  const lost = [...failovers].flatMap(([key, { scenario }]) =>
    FAMILIES.map((family) => [
      `outage in ${scenario}, ${family}`,
      ...reports.map(({ measurements }) =>
        outage(
          measurements.failover.find((one) => keyOf(one) === key),
          family,
        ),
      ),
    ]),
  );
  return [...assigned, ...lost].filter(([, ...cells]) => cells.some((text) => text !== ''));
}

function keyOf({ scenario, step }: Failover): string {
  return `${scenario}/${step}`;
}

function outage(failover: Failover | undefined, family: Family): string {
  const one = failover?.[family];
  if (!one) return '';
  return `${ms(one.p50)} ±${ms(one.errorMs)}${one.unrecovered === undefined ? '' : ', not over'}`;
}

function ms(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function sourceOf(reports: readonly ConformanceReport[]): string {
  const dates = reports.map(({ date }) => date.slice(0, 10)).toSorted();
  const span = [...new Set([dates[0], dates.at(-1)])].join(' to ');
  const cores = [...new Set(reports.flatMap(({ runs }) => runs.map(({ machine }) => machine.cpus)))];
  return `Runs of ${span}, on ${cores.join(' or ')} cores; times are that machine's. The reports are in [reports/conformance](reports/conformance), and [docs/conformance.md](docs/conformance.md) says what each row means.`;
}
