import path from 'node:path';

import { implementationName } from './record/implementation-name.ts';
import type { RunRecord, ScenarioRecord } from './record/record.ts';

export interface NextStepsOptions {
  run: RunRecord;
  /** Its evidence. */
  files?: string | undefined;
}

/**
 * What a reader does with a scenario that is not as known: a label and a text each. Commands are as the README has
 * them, and are to be copied in the checkout; other folders than dualvip's own are those of the run's command.
 */
export function nextSteps(
  scenario: ScenarioRecord,
  { run, files }: NextStepsOptions,
): [label: string, text: string][] {
  const name = `${run.id}#${scenario.id}`;
  return [
    ...(files === undefined ? [] : [pair('evidence', files)]),
    ...(scenario.issue === undefined ? [] : [pair('issue', scenario.issue)]),
    pair('again', runAgain(scenario, run)),
    pair('reproduce', command('reproduce', name, ...reportsOf(run))),
    ...advice(scenario, run),
  ];
}

function runAgain({ id }: ScenarioRecord, run: RunRecord, ...flags: readonly string[]): string {
  const { cluster, implementation } = run;
  const scenarios = valueOf('--scenarios', run);
  return command(
    ...['run', '--topology', cluster.topology, '--implementation', implementationName(implementation)],
    ...(scenarios === undefined ? [] : ['--scenarios', scenarios]),
    ...reportsOf(run),
    ...['-t', id],
    ...flags,
  );
}

function command(...words: readonly string[]): string {
  return ['npx dualvip', ...words.map(quoted)].join(' ');
}

/** An id may be another's text, and a shell's; `#` begins a comment only after a space. */
function quoted(word: string): string {
  return /^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Where it is looked for without being told. */
const RUNS = 'reports/runs';

/** Where the run is looked for: the folder of its command, or the one that it was merged into. */
function reportsOf(run: RunRecord): string[] {
  const [, merge] = run.command;
  const merged = merge === 'merge' ? (valueOf('-o', run) ?? valueOf('--output', run)) : undefined;
  const reports = merged === undefined ? valueOf('--reports', run) : path.posix.dirname(merged);
  return reports === undefined || reports === RUNS ? [] : ['--reports', reports];
}

/** As `--flag value` or `--flag=value`, the last where there are several. */
function valueOf(flag: string, { command: words }: RunRecord): string | undefined {
  const at = words.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = words[at];
  return word === flag ? words[at + 1] : word?.slice(flag.length + 1);
}

function pair(label: string, text: string): [string, string] {
  return [label, text];
}

function advice(scenario: ScenarioRecord, run: RunRecord): [string, string][] {
  const { verdict, deviation, unclaimed } = scenario;
  const { implementation } = run;
  const { name, version, build } = implementation;
  const deviations = `clusters/implementations/${name}/deviations.yaml`;
  switch (verdict.pair) {
    case 'fail':
      if (build) {
        const { release } = build;
        return [['release', runAgain(scenario, run, '--against', release.version)]];
      }
      return [
        ['if known', `describe it in ${deviations}, with the upstream issue: then it is expected-fail`],
      ];
    case 'unexpected-pass':
      if (unclaimed)
        return [['if it holds', `claim ${unclaimed.join(', ')} in clusters/implementations/${name}`]];
      return [
        ['upstream', deviation?.upstream.join(' ') ?? 'none is recorded'],
        [
          'if fixed',
          `end its versions (${deviation?.versions}) before ${build ? 'the release that has this' : version} in ${deviations}`,
        ],
      ];
    case 'inconclusive':
      return [['first', 'the network between the probe and the nodes: it failed in the same window']];
    case 'flaky':
      return [['how often', runAgain(scenario, run, '--repeat', '20')]];
    case 'error':
      return [['first', `the reason above: the harness failed, and nothing is said of ${name}`]];
    case 'pass':
    case 'expected-fail':
    case 'unsupported':
      break;
  }
  return [];
}
