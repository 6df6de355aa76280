import { FAMILIES, type Family } from '../../base/addresses.ts';
import { quantile } from '../../base/statistics.ts';
import { EXPECTED_VERDICTS, type Verdict } from '../record/record.ts';
import type { HistoryEntry, Samples } from './history-entry.ts';
import { mannWhitney } from './mann-whitney.ts';

/** A scenario whose verdict is another one. */
export interface Changed {
  scenario: string;
  before: Verdict;
  after: Verdict;
}

/** A scenario that one of the runs does not have. */
export interface OneSided {
  scenario: string;
  verdict: Verdict;
}

/** A measure in both runs, in milliseconds. */
export interface MeasureChange {
  /** `assignment`, or the step of an outage. */
  measure: string;
  family: Family;
  before: { p50: number; count: number };
  after: { p50: number; count: number };
  /** Of the medians; above 1 it is slower now. */
  ratio: number;
  /** By Mann and Whitney, corrected for how many measures were looked at (Holm). */
  p: number;
  change: 'slower' | 'faster' | 'same' | 'too few';
}

export interface Comparison {
  before: string;
  after: string;
  /** As known before, and not now. */
  broken: Changed[];
  /** The other way round. */
  fixed: Changed[];
  /** Another verdict of the same colour. */
  changed: Changed[];
  stillRed: Changed[];
  /** In one of the runs only. */
  added: OneSided[];
  removed: OneSided[];
  /** How many are not as known; `new` were as known before, or did not run. */
  red: { before: number; after: number; new: number };
  measures: MeasureChange[];
}

/** Below so many values on a side nothing can be told from noise: 3 against 3 have p = 0.1 at best. */
const FEWEST = 5;
const SIGNIFICANT = 0.01;
/** A difference may be real and too small for anybody to mind. */
const NOTICEABLE = 1.1;
/** Milliseconds: below it a watch event's own time decides. */
const SMALLEST = 2;

/** What is different in a run from another one. Pure. */
export function compareRuns(before: HistoryEntry, after: HistoryEntry): Comparison {
  const ids = Object.keys({ ...before.scenarios, ...after.scenarios }).sort();
  const both = ids.flatMap((scenario): Changed[] => {
    const [old, now] = [before.scenarios[scenario], after.scenarios[scenario]];
    return old && now ? [{ scenario, before: old.verdict.pair, after: now.verdict.pair }] : [];
  });
  const pick = (wasGreen: boolean, isGreen: boolean) =>
    both.filter(
      (one) => EXPECTED_VERDICTS.has(one.before) === wasGreen && EXPECTED_VERDICTS.has(one.after) === isGreen,
    );
  const broken = pick(true, false);
  const added = only(after, before);
  const newRed = added.filter(({ verdict }) => !EXPECTED_VERDICTS.has(verdict)).length;
  return {
    before: before.id,
    after: after.id,
    broken,
    fixed: pick(false, true),
    changed: pick(true, true).filter((one) => one.before !== one.after),
    stillRed: pick(false, false),
    added,
    removed: only(before, after),
    red: { before: redIn(before), after: redIn(after), new: broken.length + newRed },
    measures: measuresOf(before, after),
  };
}

function only(one: HistoryEntry, other: HistoryEntry): OneSided[] {
  return Object.entries(one.scenarios)
    .filter(([id]) => !other.scenarios[id])
    .map(([scenario, { verdict }]) => ({ scenario, verdict: verdict.pair }))
    .toSorted((a, b) => (a.scenario < b.scenario ? -1 : 1));
}

function redIn({ scenarios }: HistoryEntry): number {
  return Object.values(scenarios).filter(({ verdict }) => !EXPECTED_VERDICTS.has(verdict.pair)).length;
}

function measuresOf(before: HistoryEntry, after: HistoryEntry): MeasureChange[] {
  const steps = Object.keys(before.outages).filter((step) => after.outages[step]);
  const pairs: [string, Samples | undefined, Samples | undefined][] = [
    ['assignment', before.assignment, after.assignment],
    ...steps.map((step): [string, Samples | undefined, Samples | undefined] => [
      `outage ${step}`,
      before.outages[step],
      after.outages[step],
    ]),
  ];
  const measures = pairs.flatMap(([measure, old, now]) =>
    FAMILIES.flatMap((family) => measureOf({ measure, family }, old?.[family] ?? [], now?.[family] ?? [])),
  );
  return corrected(measures);
}

function measureOf(
  { measure, family }: { measure: string; family: Family },
  old: readonly number[],
  now: readonly number[],
): MeasureChange[] {
  if (old.length === 0 || now.length === 0) return [];
  const [was, is] = [quantile(old, 0.5), quantile(now, 0.5)];
  const few = Math.min(old.length, now.length) < FEWEST;
  return [
    {
      measure,
      family,
      before: { p50: was, count: old.length },
      after: { p50: is, count: now.length },
      ratio: was === is ? 1 : is / was,
      p: few ? 1 : mannWhitney(old, now),
      change: few ? 'too few' : 'same',
    },
  ];
}

/** S. Holm, 1979: of many measures that are looked at, one is always an outlier. */
function corrected(measures: readonly MeasureChange[]): MeasureChange[] {
  const tested = measures.filter(({ change }) => change !== 'too few').toSorted((a, b) => a.p - b.p);
  const byMeasure = new Map<MeasureChange, number>();
  let highest = 0;
  for (const [index, one] of tested.entries()) {
    highest = Math.max(highest, Math.min(1, one.p * (tested.length - index)));
    byMeasure.set(one, highest);
  }
  return measures.map((one) => {
    const p = byMeasure.get(one);
    return p === undefined ? one : { ...one, p, change: changeOf(one, p) };
  });
}

function changeOf({ before, after, ratio }: MeasureChange, p: number): MeasureChange['change'] {
  if (p >= SIGNIFICANT || Math.abs(after.p50 - before.p50) < SMALLEST) return 'same';
  if (ratio >= NOTICEABLE) return 'slower';
  return ratio <= 1 / NOTICEABLE ? 'faster' : 'same';
}
