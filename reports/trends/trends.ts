import { FAMILIES, type Family } from '../../base/addresses.ts';
import { quantile } from '../../base/statistics.ts';
import { EXPECTED_VERDICTS, type RunRecord, type Subject } from '../record/record.ts';
import { seriesIn } from './flakiness.ts';
import { historyEntry, seriesOf, type HistoryEntry } from './history-entry.ts';

/** One run in a chart. */
export interface TrendPoint {
  run: string;
  /** ISO 8601. */
  at: string;
  count: number;
  /** Milliseconds. */
  p50: number;
  p95: number;
}

/** One line of a chart. */
export interface TrendLine {
  /** `assignment`, or `outage SCENARIO/STEP`. */
  measure: string;
  family: Family;
  points: TrendPoint[];
}

/** Of the scenarios that a run ran, how many were as known. */
export interface AsKnown {
  green: number;
  of: number;
}

export interface TrendRun {
  run: string;
  /** ISO 8601. */
  at: string;
  green: number;
  red: number;
  /** What is unsupported was not run. */
  asKnown: Record<Subject, AsKnown>;
  durationMs: number;
  exitCode: number;
}

/** What the charts of one implementation, version, mode and topology are drawn of. */
export interface Trend {
  series: string;
  /** In the order of time. */
  runs: TrendRun[];
  lines: TrendLine[];
}

/** A page has room for so many runs: of a run each night, six weeks. */
const RUNS_SHOWN = 42;

/**
 * A run among those of the same before it, from the history and its own record; undefined where there was none. What
 * came later is left out, so that a page that is made again is the same.
 */
export function trendUpTo(record: RunRecord, history: readonly HistoryEntry[]): Trend | undefined {
  const own = historyEntry(record);
  const series = seriesOf(own);
  const before = history.filter(
    (entry) => entry.id !== own.id && seriesOf(entry) === series && entry.startedAt < own.startedAt,
  );
  if (before.length === 0) return undefined;
  return trendsOf([...before, own], RUNS_SHOWN)[0];
}

/** The last runs of each series as lines over time; a run that did not measure something has no point there. Pure. */
export function trendsOf(entries: readonly HistoryEntry[], runs = 100): Trend[] {
  return [...seriesIn(entries)].map(([series, all]) => {
    const last = all.slice(-runs);
    const steps = [...new Set(last.flatMap(({ outages }) => Object.keys(outages)))].sort();
    const measures = ['assignment', ...steps.map((step) => `outage ${step}`)];
    return {
      series,
      runs: last.map((entry) => {
        const verdicts = Object.values(entry.scenarios).map(({ verdict }) => verdict.pair);
        const green = verdicts.filter((verdict) => EXPECTED_VERDICTS.has(verdict)).length;
        const { id: run, startedAt: at, durationMs, exitCode } = entry;
        const asKnown = asKnownOf(entry);
        return { run, at, green, red: verdicts.length - green, asKnown, durationMs, exitCode };
      }),
      lines: measures.flatMap((measure) =>
        FAMILIES.flatMap((family) => {
          const points = last.flatMap((entry) => pointOf(entry, measure, family));
          return points.length === 0 ? [] : [{ measure, family, points }];
        }),
      ),
    };
  });
}

function asKnownOf({ scenarios }: HistoryEntry): TrendRun['asKnown'] {
  const of = (subject: Subject): AsKnown => {
    const ran = Object.values(scenarios)
      .map(({ verdict }) => verdict[subject])
      .filter((verdict) => verdict !== 'unsupported');
    return { green: ran.filter((verdict) => EXPECTED_VERDICTS.has(verdict)).length, of: ran.length };
  };
  return { IPv4: of('IPv4'), IPv6: of('IPv6'), pair: of('pair') };
}

function pointOf(entry: HistoryEntry, measure: string, family: Family): TrendPoint[] {
  const samples =
    measure === 'assignment' ? entry.assignment : entry.outages[measure.slice('outage '.length)];
  const values = samples?.[family] ?? [];
  if (values.length === 0) return [];
  return [
    {
      run: entry.id,
      at: entry.startedAt,
      count: values.length,
      p50: quantile(values, 0.5),
      p95: quantile(values, 0.95),
    },
  ];
}
