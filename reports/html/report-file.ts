import path from 'node:path';

import writeFileAtomic from 'write-file-atomic';

import type { RunRecord } from '../record/record.ts';
import type { Salvaged } from '../record/salvage.ts';
import { readEvidence } from './evidence-files.ts';
import { REPORT_FILE } from '../record-file.ts';
import { renderReport } from './report.ts';
import type { ReportedRun } from './reported-run.ts';

export interface ReportedRunOptions extends Salvaged {
  /** The run's. */
  folder: string;
  /** The file that will be written: links lead from there to the run's folder. */
  page: string;
}

/** A run with its evidence, as the page needs it. */
export async function reportedRun({
  record,
  damage,
  folder,
  page,
}: ReportedRunOptions): Promise<ReportedRun> {
  const relative = path.relative(path.dirname(path.resolve(page)), path.resolve(folder));
  return {
    record,
    damage,
    folder: relative.split(path.sep).join('/'),
    evidence: await readEvidence(folder, record),
  };
}

/** Writes report.html beside a run's record. */
export async function writeReport(folder: string, record: RunRecord): Promise<void> {
  const page = path.join(folder, REPORT_FILE);
  await writeFileAtomic(page, renderReport([await reportedRun({ record, damage: [], folder, page })]));
}
