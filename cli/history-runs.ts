import { UsageError } from '../base/errors.ts';
import { readRunRecord } from '../reports/record-file.ts';
import { checkBudgets, readBudgets } from '../reports/trends/budgets.ts';
import { budgetText } from '../reports/trends/comparison-text.ts';
import { historyEntry, type HistoryEntry } from '../reports/trends/history-entry.ts';
import type { History } from '../reports/trends/history-file.ts';
import { LATEST, runFile } from './run-file.ts';

/** A run by its record, or by its id in the history. @throws UsageError `DUALVIP_RUN_UNKNOWN` */
export async function entryOf(given: string, reports: string, history: History): Promise<HistoryEntry> {
  try {
    return historyEntry(await readRunRecord(await runFile(given, reports)));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { entries } = history;
    const known = given === LATEST ? entries.at(-1) : entries.find(({ id }) => id === given);
    if (known) return known;
    throw new UsageError('DUALVIP_RUN_UNKNOWN', `there is no run ${given}, and the history has none`, {
      cause: error,
      hint: 'dualvip list runs and dualvip report history show which there are.',
    });
  }
}

/** The limits of a file against a run, as lines; nothing without a file. */
export async function budgetsOf(
  file: string | undefined,
  entry: HistoryEntry,
): Promise<{ lines: string[]; exceeded: boolean }> {
  if (file === undefined) return { lines: [], exceeded: false };
  const results = checkBudgets(await readBudgets(file), entry);
  const exceeded = results.filter((one) => one.exceeded).length;
  const title = `budgets: ${exceeded === 0 ? 'kept' : `${exceeded} of ${results.length} exceeded`}`;
  return { lines: [title, ...results.map(budgetText)], exceeded: exceeded > 0 };
}
