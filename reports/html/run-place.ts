import { implementationTitle } from '../record/implementation-name.ts';
import type { RunRecord } from '../record/record.ts';
import { minuteText } from './quantity.ts';

/** What tells a run from the others on a page; empty for the only one. When it began only where nothing else does. */
export function placeOf(run: RunRecord, runs: readonly RunRecord[]): string {
  if (runs.length === 1) return '';
  const name = subjectOf(run);
  const isAlone = runs.filter((one) => subjectOf(one) === name).length === 1;
  return isAlone ? name : `${name}, ${momentOf(run, runs)}`;
}

/** The day that it began; the minute where another run of the same is of that day, and its id where of that minute. */
export function whenOf(run: RunRecord, runs: readonly RunRecord[]): string {
  const isAlone = runs.filter((one) => dayOf(one) === dayOf(run)).length === 1;
  return isAlone ? run.startedAt.slice(0, 10) : momentOf(run, runs);
}

function momentOf(run: RunRecord, runs: readonly RunRecord[]): string {
  const isAlone = runs.filter((one) => minuteOf(one) === minuteOf(run)).length === 1;
  return isAlone ? minuteText(run.startedAt) : run.id;
}

function dayOf(run: RunRecord): string {
  return `${subjectOf(run)} ${run.startedAt.slice(0, 10)}`;
}

function minuteOf(run: RunRecord): string {
  return `${subjectOf(run)} ${minuteText(run.startedAt)}`;
}

function subjectOf({ implementation, cluster }: RunRecord): string {
  return `${implementationTitle(implementation)}, ${cluster.topology}`;
}
