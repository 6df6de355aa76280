import path from 'node:path';

import { formatMs } from '../../base/clock.ts';
import { passRateText } from '../record/attempts.ts';
import type { Check, RunRecord, ScenarioRecord } from '../record/record.ts';
import { checkPlace } from '../check-place.ts';
import { APPEARANCE, originOf } from '../appearance.ts';
import { nextSteps } from '../next-steps.ts';
import { paintOf } from './appearance.ts';
import { findingsOf } from '../timeline/findings.ts';
import { diagnosisLines } from './diagnosis.ts';
import { hanging, type Page } from './page.ts';
import { timeline } from './timeline.ts';

export interface FailureContext {
  run: RunRecord;
  /** The run's folder, as the reader would write it. */
  folder: string;
}

/** Everything that a reader needs who wants to know why a scenario is not as known. Takes printable text only. */
export function failure(scenario: ScenarioRecord, { run, folder }: FailureContext, page: Page): string[] {
  const { colors } = page;
  const { verdict, title, id, attempt, timing, checks, deviation, deviationChecks, reason } = scenario;
  const paint = paintOf(verdict.pair, page);
  const { mark, meaning } = APPEARANCE[verdict.pair];
  const rate = passRateText(scenario);
  const facts = [
    originOf(scenario),
    `IPv4 ${verdict.IPv4}, IPv6 ${verdict.IPv6}, pair ${verdict.pair}`,
    ...(rate === undefined
      ? attempt > 1
        ? [`attempt ${attempt}`]
        : []
      : [rate, `below: attempt ${attempt}`]),
    formatMs(timing.wallMs),
  ];
  const section = (heading: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : ['', ...hanging({ prefix: '  ', text: heading, paint: colors.bold }, page), ...lines];
  const failed = checks.filter(({ ok }) => !ok);
  const unlike = deviationChecks.filter(({ ok }) => !ok);
  return [
    ...hanging({ prefix: `${paint(mark)} ${colors.bold(id)}  `, text: title }, page),
    ...hanging({ prefix: '  ', text: facts.filter(Boolean).join(' · '), paint: colors.dim }, page),
    ...hanging({ prefix: '  ', text: `${verdict.pair}: ${meaning}`, paint }, page),
    ...(reason === undefined ? [] : hanging({ prefix: '  reason: ', text: reason, paint }, page)),
    ...section(`${failed.length} of ${checks.length} checks are not as claimed`, checkLines(failed, page)),
    ...section(
      `The known deviation (${deviation?.versions}) does not hold: ${deviation?.summary}`,
      deviation === undefined ? [] : checkLines(unlike, page),
    ),
    ...section('Diagnosis', diagnosisSection(scenario, page)),
    ...section("What was seen, in ms since the scenario's start", timeline(scenario, page)),
    ...section('Next', nextSection(scenario, { run, folder }, page)),
  ];
}

function nextSection(scenario: ScenarioRecord, { run, folder }: FailureContext, page: Page): string[] {
  const own = evidenceFolder(folder, scenario);
  const files = own === undefined ? undefined : `${scenario.evidence.length} files in ${own}`;
  const steps = nextSteps(scenario, { run, files });
  const width = Math.max(...steps.map(([label]) => label.length));
  return steps.flatMap(([label, text]) =>
    hanging({ prefix: `    ${page.colors.dim(label.padEnd(width))}  `, text }, page),
  );
}

function diagnosisSection({ observations }: ScenarioRecord, page: Page): string[] {
  return findingsOf(observations).flatMap(({ service, findings }) => [
    ...hanging({ prefix: '    ', text: service }, page),
    ...findings.flatMap((one) => diagnosisLines(one, page).map((line) => `    ${line}`)),
  ]);
}

function checkLines(checks: readonly Check[], page: Page): string[] {
  const { colors } = page;
  return checks.flatMap((check) => [
    `    ${checkPlace(check)}${check.inconclusive ? colors.yellow(' (the control failed too)') : ''}`,
    ...hanging({ prefix: '      expected  ', text: check.expected, paint: colors.green }, page),
    ...hanging({ prefix: '      observed  ', text: check.observed, paint: colors.red }, page),
  ]);
}

/** The folder that holds all of a scenario's evidence; undefined where none was taken. */
function evidenceFolder(run: string, { evidence }: ScenarioRecord): string | undefined {
  const [first = [], ...others] = evidence.map((file) => path.posix.dirname(file).split('/'));
  if (evidence.length === 0) return undefined;
  const end = first.findIndex((part, index) => others.some((other) => other[index] !== part));
  return path.posix.join(run, ...(end === -1 ? first : first.slice(0, end)), '/');
}
