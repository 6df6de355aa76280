import { whyOf } from '../first-failed.ts';
import { printable } from '../printable.ts';
import { EXPECTED_VERDICTS, type RunRecord, type ScenarioRecord } from '../record/record.ts';

/** Where a step of a scenario is written. */
export interface Place {
  /** Relative to the root of the repository. */
  file: string;
  /** From 1. */
  line: number;
}

/** Undefined where the scenario's file is not in the repository. */
export type PlaceOf = (scenario: string, step: string | undefined) => Place | undefined;

/** GitHub shows so many of a kind and step, and drops the others without a word. */
const SHOWN = 10;
/** Of a message. */
const LENGTH = 4000;

/**
 * A workflow command of GitHub Actions for each scenario that is not as known
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands): an error, at the step that
 * is not as claimed. Where there are more than are shown, the last says how many.
 */
export function annotations(record: RunRecord, placeOf: PlaceOf): string[] {
  const run = printable(record);
  const news = run.scenarios.filter(({ verdict }) => !EXPECTED_VERDICTS.has(verdict.pair));
  const { interrupted } = run;
  const all = [
    ...(interrupted === undefined ? [] : [command({ title: 'the run did not end' }, interrupted)]),
    ...news.map((scenario) => annotation(scenario, placeOf)),
  ];
  if (all.length <= SHOWN) return all;
  const names = news.slice(SHOWN - 1 - all.length).map(({ id }) => id);
  return [
    ...all.slice(0, SHOWN - 1),
    command({ title: `${names.length} more` }, `not as known: ${names.join(', ')}`),
  ];
}

function annotation(scenario: ScenarioRecord, placeOf: PlaceOf): string {
  const { id, verdict, checks, deviationChecks } = scenario;
  const failed = [...checks, ...deviationChecks].find(({ ok }) => !ok);
  const place = placeOf(id, failed?.step);
  return command(
    { ...(place ? { file: place.file, line: String(place.line) } : {}), title: `${id}: ${verdict.pair}` },
    whyOf(scenario) ?? verdict.pair,
  );
}

function command(properties: Record<string, string>, message: string): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${property(value)}`);
  return `::error ${pairs.join(',')}::${data(message.slice(0, LENGTH))}`;
}

/** As actions/toolkit escapes them: what ends a line, and in a property also what ends the property. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * A text that GitHub Actions prints and does not read: nothing in it is taken for a command until the token, which
 * nobody can know before.
 */
export function withoutCommands(text: string, token: string): string {
  return `::stop-commands::${token}\n${text}\n::${token}::`;
}
