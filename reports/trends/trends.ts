import { FAMILIES, type Family } from '../../base/addresses.ts';
import { quantile } from '../../base/statistics.ts';
import { EXPECTED_VERDICTS } from '../record/record.ts';
import { seriesIn } from './flakiness.ts';
import type { HistoryEntry } from './history-entry.ts';

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

/** What the charts of one implementation, version, mode and topology are drawn of. */
export interface Trend {
  series: string;
  runs: { run: string; at: string; green: number; red: number; durationMs: number; exitCode: number }[];
  lines: TrendLine[];
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
        return { run, at, green, red: verdicts.length - green, durationMs, exitCode };
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
