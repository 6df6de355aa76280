import path from 'node:path';

import { quantile } from '../../base/statistics.ts';
import { printable } from '../printable.ts';
import type { RunRecord, Timing } from '../record/record.ts';
import { builtOf } from '../record/own-build.ts';
import { newsOf } from '../sum.ts';
import { failure } from './failure.ts';
import { hanging, pageOf, type Page, type PageOptions } from './page.ts';
import { scenarioTable } from './scenario-table.ts';
import { totals } from './totals.ts';

export interface RunOptions extends PageOptions {
  /** Where the run's record, reports and evidence are, as the reader would write it. */
  folder?: string;
}

/**
 * A whole run for a terminal: what was tested, a row a scenario, in full what is not as known, the sum of it,
 * and where the rest is. Ends with a newline. Control characters in the record are written as escapes.
 */
export function renderRun(record: RunRecord, options: RunOptions): string {
  const run = printable(record);
  const page = pageOf(options);
  const folder = options.folder ?? path.posix.join('reports/runs', run.id);
  const news = newsOf(run);
  const blocks = [
    hanging({ prefix: '', text: subjectOf(run), paint: page.colors.dim }, page),
    run.scenarios.length === 0 ? [] : scenarioTable(run.scenarios, page),
    ...news.map((scenario) => failure(scenario, { run, folder }, page)),
    totals(run, page),
    [...assignmentLines(run), ...harnessLines(run)],
    where(folder, page),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** What was tested, on what. */
function subjectOf({ harness, implementation, cluster }: RunRecord): string {
  const subnets = Object.entries(cluster.subnets).map(([family, subnet]) => `${family} ${subnet}`);
  return [
    `dualvip ${harness.version}`,
    `${implementation.name} ${implementation.version} (${implementation.mode})`,
    ...builtOf(implementation),
    `Kubernetes ${cluster.kubernetes}`,
    [`cluster ${cluster.name} (${cluster.topology})`, `${cluster.nodes.length} nodes`, ...subnets].join(', '),
  ].join(' · ');
}

/** From the API's answer to the watch event, over all Services. */
function assignmentLines({ assignment = {} }: RunRecord): string[] {
  const parts = (['IPv4', 'IPv6', 'skew'] as const).flatMap((name) => {
    const summary = assignment[name];
    if (!summary) return [];
    const { p50, p95, max, count } = summary;
    return [`${name} p50 ${p50.toFixed(0)} p95 ${p95.toFixed(0)} max ${max.toFixed(0)} ms (${count})`];
  });
  return parts.length === 0 ? [] : [`assigned after  ${parts.join(' · ')}`];
}

/** What the harness itself costs: less than what it waits for, or its figures are its own. */
function harnessLines({ scenarios, rssBytes }: RunRecord): string[] {
  const ran = scenarios.filter(({ verdict }) => verdict.pair !== 'unsupported').map(({ timing }) => timing);
  if (ran.length === 0) return [];
  const over = (of: (timing: Timing) => number) => {
    const [p50, p95] = [0.5, 0.95].map((share) => quantile(ran.map(of), share).toFixed(0));
    return `p50 ${p50} p95 ${p95} ms a scenario`;
  };
  return [
    `harness's own   ${over(({ overheadMs }) => overheadMs)} · memory ${(rssBytes / 1e6).toFixed(0)} MB at most`,
    `API server's    ${over(({ apiMs }) => apiMs)}`,
  ];
}

function where(folder: string, { colors }: Page): string[] {
  const file = (name: string) => path.posix.join(folder, name);
  return [
    `${colors.dim('report')}  ${file('report.html')}`,
    `${colors.dim('record')}  ${file('run.json')}`,
    `${colors.dim('JUnit ')}  ${file('junit.xml')}`,
  ];
}
