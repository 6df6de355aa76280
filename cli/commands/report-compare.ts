import { EXIT } from '../../base/errors.ts';
import { printable } from '../../reports/printable.ts';
import { comparisonText } from '../../reports/trends/comparison-text.ts';
import { compareRuns } from '../../reports/trends/comparison.ts';
import { flakyIn } from '../../reports/trends/flakiness.ts';
import { seriesOf } from '../../reports/trends/history-entry.ts';
import { readHistory } from '../../reports/trends/history-file.ts';
import type { CommandContext } from '../context.ts';
import { historyFile } from '../history-place.ts';
import { budgetsOf, entryOf } from '../history-runs.ts';

export interface ReportCompareFlags {
  budgets?: string;
  reports: string;
  json: boolean;
}

/** So many runs of a series tell whether a scenario is flaky. */
const RUNS = 20;

/**
 * Exit code 1: something is not as known that was, or that did not run before; or a budget is exceeded. What is slower
 * is told alone.
 */
export async function reportCompare(
  before: string,
  after: string,
  flags: ReportCompareFlags,
  { print, progress }: Pick<CommandContext, 'print' | 'progress'>,
): Promise<number> {
  const history = await readHistory(historyFile(flags.reports));
  for (const problem of history.problems) progress.note(problem);
  const [old, now] = await Promise.all([before, after].map((run) => entryOf(run, flags.reports, history)));
  if (!old || !now) throw new RangeError('two runs');
  if (seriesOf(old) !== seriesOf(now))
    progress.note(`these are runs of ${seriesOf(old)} and of ${seriesOf(now)}`);
  const comparison = compareRuns(old, now);
  const flaky = flakyIn(
    history.entries.filter((entry) => seriesOf(entry) === seriesOf(now)),
    RUNS,
  );
  const budgets = await budgetsOf(flags.budgets, now);
  if (flags.json) print(JSON.stringify({ ...comparison, flaky, budgetsExceeded: budgets.exceeded }, null, 2));
  else {
    print(comparisonText(printable(comparison), flaky));
    if (budgets.lines.length > 0) print(budgets.lines.join('\n'));
  }
  return comparison.red.new > 0 || budgets.exceeded ? EXIT.verdict : EXIT.ok;
}
