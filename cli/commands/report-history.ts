import { EXIT } from '../../base/errors.ts';
import { quantile } from '../../base/statistics.ts';
import { printable } from '../../reports/printable.ts';
import { EXPECTED_VERDICTS } from '../../reports/record/record.ts';
import { flakyText } from '../../reports/trends/comparison-text.ts';
import { flakyIn, seriesIn } from '../../reports/trends/flakiness.ts';
import type { HistoryEntry } from '../../reports/trends/history-entry.ts';
import { readHistory } from '../../reports/trends/history-file.ts';
import { trendsOf } from '../../reports/trends/trends.ts';
import type { CommandContext } from '../context.ts';
import { historyFile } from '../history-place.ts';
import { budgetsOf } from '../history-runs.ts';
import { table } from '../table.ts';

export interface ReportHistoryFlags {
  runs: number;
  budgets?: string;
  reports: string;
  json: boolean;
}

export async function reportHistory(
  flags: ReportHistoryFlags,
  { print, progress }: Pick<CommandContext, 'print' | 'progress'>,
): Promise<number> {
  const file = historyFile(flags.reports);
  const { entries, problems } = await readHistory(file);
  for (const problem of problems) progress.note(problem);
  if (entries.length === 0 && !flags.json) print(`no run in ${file}; every run adds a line`);
  let exitCode: number = EXIT.ok;
  const flaky: Record<string, unknown> = {};
  for (const [series, all] of seriesIn(printable(entries))) {
    const last = all.slice(-flags.runs);
    const newest = last.at(-1);
    const some = flakyIn(all, flags.runs);
    flaky[series] = some;
    const budgets = newest ? await budgetsOf(flags.budgets, newest) : { lines: [], exceeded: false };
    if (budgets.exceeded) exitCode = EXIT.verdict;
    if (flags.json) continue;
    const unstable = some.length === 0 ? [] : [`both outcomes (${some.length})`, ...some.map(flakyText)];
    print([series, table(HEAD, last.map(row)), ...unstable, ...budgets.lines, ''].join('\n'));
  }
  if (flags.json)
    print(JSON.stringify({ file, problems, trends: trendsOf(entries, flags.runs), flaky }, null, 2));
  return exitCode;
}

const HEAD = ['RUN', 'STARTED', 'EXIT', 'AS KNOWN', 'NOT', 'ASSIGNED v4 p50', 'v6 p50', 'TOOK'];

function row({ id, startedAt, exitCode, scenarios, assignment, durationMs }: HistoryEntry): string[] {
  const verdicts = Object.values(scenarios).map(({ verdict }) => verdict.pair);
  const green = verdicts.filter((verdict) => EXPECTED_VERDICTS.has(verdict)).length;
  return [
    id,
    startedAt.slice(0, 16).replace('T', ' '),
    String(exitCode),
    String(green),
    String(verdicts.length - green),
    p50(assignment.IPv4),
    p50(assignment.IPv6),
    `${Math.round(durationMs / 1000)} s`,
  ];
}

function p50(values: readonly number[]): string {
  return values.length === 0 ? '' : `${Math.round(quantile(values, 0.5))} ms`;
}
