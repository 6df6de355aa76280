import path from 'node:path';

import { create } from 'xmlbuilder2';

import { FAMILIES } from '../../base/addresses.ts';
import { assignmentMs } from '../record/assignment.ts';
import { passRate, passRateText } from '../record/attempts.ts';
import { firstFailed, knownInWords } from '../first-failed.ts';
import { printable } from '../printable.ts';
import type { RunRecord, ScenarioRecord } from '../record/record.ts';
import { failure } from '../terminal/failure.ts';
import { pageOf } from '../terminal/page.ts';
import { bounded } from './bounded.ts';

/** Characters of a message, and of a text. */
const MESSAGE = 10_000;
const TEXT = 1_000_000;

/** What a test case got, in JUnit's three words; none of them means that it passed. */
interface Result {
  element: 'failure' | 'error' | 'skipped';
  type: string;
  message: string;
  text?: string;
}

interface TestCase {
  name: string;
  /** Milliseconds. */
  ms: number;
  result?: Result | undefined;
  /** What a test case has no place for. */
  properties: [string, string][];
  /** Lines of the suite's output. */
  output: string[];
}

/**
 * The run as JUnit XML, for CI systems: one suite, one test case a scenario. There is no specification of the
 * format, but two schemas that are widely held to: Windy Road's of Ant's reports (JUnit.xsd), and that of Jenkins's
 * xUnit plugin (junit-10.xsd). This is valid by both. The first allows nothing in a test case but its result, so
 * its properties are the suite's, named `<scenario>.<property>`, and what is known of it stands in the suite's output.
 *
 * failure: `fail`, `unexpected-pass` and `flaky`; error: `error` and `inconclusive`, which say nothing of the
 * implementation; skipped: `unsupported`. `expected-fail` passes, and the output says what is refuted.
 */
export function renderJUnit(record: RunRecord): string {
  const run = printable(record);
  const { name, version, mode } = run.implementation;
  const cases = [...run.scenarios.map((scenario) => testCase(scenario, run)), ...unfinished(run)];
  const count = (element: Result['element']) =>
    cases.filter(({ result }) => result?.element === element).length;
  const counts = { tests: cases.length, failures: count('failure'), errors: count('error') };
  const time = seconds(run.durationMs);
  const document = create({ version: '1.0', encoding: 'UTF-8' });
  const suite = document.ele('testsuites').ele('testsuite', {
    name: `${name} ${version} (${mode}) on ${run.cluster.topology}`,
    package: 'dualvip',
    id: 0,
    hostname: run.cluster.name || 'localhost',
    ...counts,
    skipped: count('skipped'),
    time,
    // Without fraction and zone, as the strict readers want it; it is UTC.
    timestamp: run.startedAt.slice(0, 19),
  });
  const properties = suite.ele('properties');
  for (const [key, value] of [...suiteProperties(run), ...cases.flatMap(caseProperties)]) {
    properties.ele('property', { name: key, value });
  }
  // Readers make a tree of what is between the dots, and tell test cases of several runs apart by it.
  const classname = ['dualvip', name, version.replaceAll('.', '_'), mode, run.cluster.topology].join('.');
  for (const { name: id, ms, result } of cases) {
    const element = suite.ele('testcase', { name: id, classname, time: seconds(ms) });
    if (!result) continue;
    const { type, message, text } = result;
    const child = element.ele(result.element, { type, message: bounded(message, MESSAGE) });
    if (text !== undefined) child.txt(bounded(text, TEXT));
  }
  suite.ele('system-out').txt(bounded(cases.flatMap(({ output }) => output).join('\n'), TEXT));
  suite.ele('system-err');
  return `${document.end({ prettyPrint: true })}\n`;
}

function caseProperties({ name, properties }: TestCase): [string, string][] {
  return properties.map(([key, value]) => [`${name}.${key}`, value]);
}

function testCase(scenario: ScenarioRecord, run: RunRecord): TestCase {
  const known = knownInWords(scenario);
  const refuted =
    known === undefined
      ? []
      : [[`${scenario.id}: ${known}`, ...(scenario.deviation?.upstream ?? [])].join(' ')];
  return {
    name: scenario.id,
    ms: scenario.timing.wallMs,
    result: resultOf(scenario, run),
    properties: scenarioProperties(scenario),
    output: refuted,
  };
}

function resultOf(scenario: ScenarioRecord, run: RunRecord): Result | undefined {
  const type = scenario.verdict.pair;
  const context = { run, folder: path.posix.join('reports/runs', run.id) };
  const text = () => `\n${failure(scenario, context, pageOf({ colors: false })).join('\n')}\n`;
  switch (type) {
    case 'unsupported':
      return { element: 'skipped', type, message: scenario.reason ?? type };
    case 'fail':
      return { element: 'failure', type, message: firstFailed(scenario.checks), text: text() };
    case 'flaky':
      return { element: 'failure', type, message: passRateText(scenario) ?? type, text: text() };
    case 'unexpected-pass':
      return {
        element: 'failure',
        type,
        message: scenario.reason ?? `as claimed, although known otherwise: ${scenario.deviation?.summary}`,
        text: text(),
      };
    case 'inconclusive':
      return { element: 'error', type, message: firstFailed(scenario.checks), text: text() };
    case 'error':
      return { element: 'error', type, message: scenario.reason ?? type, text: text() };
    case 'pass':
    case 'expected-fail':
      break;
  }
  return undefined;
}

/** A run that was cut short must not look green for the scenarios that it did not come to. */
function unfinished({ interrupted }: RunRecord): TestCase[] {
  if (interrupted === undefined) return [];
  const result: Result = { element: 'error', type: 'interrupted', message: interrupted };
  return [{ name: 'the run came to its end', ms: 0, result, properties: [], output: [] }];
}

function suiteProperties(run: RunRecord): [string, string][] {
  const { implementation, cluster, harness } = run;
  return [
    ['run', run.id],
    ['implementation', implementation.name],
    ['implementation-version', implementation.version],
    ['implementation-mode', implementation.mode],
    ['kubernetes', cluster.kubernetes],
    ['topology', cluster.topology],
    ['dualvip', harness.version],
  ];
}

function scenarioProperties(scenario: ScenarioRecord): [string, string][] {
  const { title, claim, issue, verdict, attempt } = scenario;
  const assigned = assignmentMs(scenario.observations);
  const rate = passRate(scenario);
  return [
    ['title', title],
    ...(claim === undefined ? [] : [['claim', claim] as [string, string]]),
    ...(issue === undefined ? [] : [['issue', issue] as [string, string]]),
    ['verdict', verdict.pair],
    ...FAMILIES.map((family): [string, string] => [`verdict-${family}`, verdict[family]]),
    ...FAMILIES.flatMap((family): [string, string][] => {
      const ms = assigned[family];
      return ms === undefined ? [] : [[`assigned-${family}-ms`, ms.toFixed(1)]];
    }),
    ['attempt', String(attempt)],
    ...(rate === undefined
      ? []
      : ([
          ['attempts', String(rate.of)],
          ['attempts-green', String(rate.green)],
        ] as [string, string][])),
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
