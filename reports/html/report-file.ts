import path from 'node:path';

import writeFileAtomic from 'write-file-atomic';

import type { RunRecord } from '../record/record.ts';
import type { Salvaged } from '../record/salvage.ts';
import type { HistoryEntry } from '../trends/history-entry.ts';
import { trendUpTo } from '../trends/trends.ts';
import { readEvidence } from './evidence-files.ts';
import { REPORT_FILE } from '../record-file.ts';
import { renderReport } from './report.ts';
import type { ReportedRun } from './reported-run.ts';

export interface ReportedRunOptions extends Salvaged {
  /** The run's. */
  folder: string;
  /** The file that will be written: links lead from there to the run's folder. */
  page: string;
  /** Of the runs before it. */
  history?: readonly HistoryEntry[];
}

/** A run with its evidence, as the page needs it. */
export async function reportedRun({
  record,
  damage,
  folder,
  page,
  history = [],
}: ReportedRunOptions): Promise<ReportedRun> {
  const relative = path.relative(path.dirname(path.resolve(page)), path.resolve(folder));
  return {
    record,
    damage,
    folder: relative.split(path.sep).join('/'),
    evidence: await readEvidence(folder, record),
    trend: trendUpTo(record, history),
  };
}

/** Writes report.html beside a run's record. */
export async function writeReport(
  folder: string,
  record: RunRecord,
  history: readonly HistoryEntry[] = [],
): Promise<void> {
  const page = path.join(folder, REPORT_FILE);
  const run = await reportedRun({ record, damage: [], folder, page, history });
  await writeFileAtomic(page, renderReport([run]));
}
