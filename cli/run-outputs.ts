import { writeReport } from '../reports/html/report-file.ts';
import type { RunRecord } from '../reports/record/record.ts';
import { REPORT_FILE } from '../reports/record-file.ts';
import { orTold, writeRunReports } from '../reports/run-reports.ts';
import { historyEntry } from '../reports/trends/history-entry.ts';
import { appendHistory, readHistory } from '../reports/trends/history-file.ts';
import { writeUnreported } from '../reports/unreported/unreported-files.ts';

export interface RunOutputsOptions {
  /** The run's. */
  folder: string;
  /** The file of all runs; none for a run that is not to be in it. */
  history: string | undefined;
  /** The runs that it was merged of. */
  of?: readonly string[];
  onFailure: (text: string) => void;
}

/**
 * Everything that is made of a record, into the run's folder. What of it fails is told; the verdicts, and the exit
 * code, stand. Gives the texts that are ready to file upstream, relative to the folder.
 */
export async function writeRunOutputs(
  record: RunRecord,
  { folder, history, of, onFailure }: RunOutputsOptions,
): Promise<readonly string[]> {
  await writeRunReports(folder, record, { onFailure });
  // A build of one's own is no part of the trend of releases, and what is wrong with it nobody else's.
  const { build } = record.implementation;
  if (history !== undefined && !build) {
    await orTold('the history', onFailure, () => appendHistory(history, historyEntry(record, of)));
  }
  await orTold(REPORT_FILE, onFailure, async () => {
    const { entries } = history === undefined ? { entries: [] } : await readHistory(history);
    await writeReport(folder, record, entries);
  });
  if (build) return [];
  let unreported: readonly string[] = [];
  await orTold('what is to be filed upstream', onFailure, async () => {
    unreported = await writeUnreported(folder, record);
  });
  return unreported;
}
