import path from 'node:path';

import { messageOf } from '../base/errors.ts';
import { renderBadge } from './ci/badge.ts';
import { renderCtrf } from './ci/ctrf.ts';
import { renderSummary } from './ci/summary.ts';
import { renderJUnit } from './junit/junit.ts';
import type { RunRecord } from './record/record.ts';
import { writeText } from './unreported/unreported-files.ts';

export interface Reporter {
  /** Beside run.json. */
  file: string;
  render: (record: RunRecord) => string;
}

/** What is made of every run's record. */
export const REPORTERS: readonly Reporter[] = [
  { file: 'junit.xml', render: renderJUnit },
  { file: 'ctrf.json', render: renderCtrf },
  { file: 'summary.md', render: renderSummary },
  { file: 'badge.svg', render: renderBadge },
];

/**
 * Writes the reports of a run beside its record, each whole or not at all. One that fails is told, and nothing
 * else: the verdicts stand, and it can be made again of the record. Gives the files that were written.
 */
export async function writeRunReports(
  folder: string,
  record: RunRecord,
  {
    onFailure,
    reporters = REPORTERS,
  }: { onFailure: (text: string) => void; reporters?: readonly Reporter[] },
): Promise<string[]> {
  const written: string[] = [];
  for (const { file, render } of reporters) {
    const done = await orTold(file, onFailure, () => writeText(path.join(folder, file), render(record)));
    if (done) written.push(file);
  }
  return written;
}

/** True where the work was done. What it throws is told, as a sentence. */
export async function orTold(
  what: string,
  onFailure: (text: string) => void,
  work: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    onFailure(`${what} was not written: ${messageOf(error)}`);
    return false;
  }
}
