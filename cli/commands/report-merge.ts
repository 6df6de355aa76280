import { cp, stat } from 'node:fs/promises';
import path from 'node:path';

import { catalogueFolder } from '../../harness/run/catalogue.ts';
import { CLUSTER_FILES, readRunRecord, writeRunRecord } from '../../reports/record-file.ts';
import { writeRunReports, orTold } from '../../reports/run-reports.ts';
import { sumOf } from '../../reports/sum.ts';
import { historyEntry } from '../../reports/trends/history-entry.ts';
import { appendHistory } from '../../reports/trends/history-file.ts';
import { mergeShards } from '../../reports/trends/merged-run.ts';
import type { CommandContext } from '../context.ts';
import { historyFile } from '../history-place.ts';
import { runFile } from '../run-file.ts';
import { makeRunId } from './run.ts';

export interface ReportMergeFlags {
  output?: string;
  reports: string;
}

/** Writes the merged run with its reports and evidence, and a line of the history in the place of its parts'. */
export async function reportMerge(
  given: readonly string[],
  flags: ReportMergeFlags,
  { print, progress }: Pick<CommandContext, 'print' | 'progress'>,
): Promise<number> {
  const files = await Promise.all(given.map((run) => runFile(run, flags.reports)));
  const shards = await Promise.all(files.map(readRunRecord));
  const named =
    flags.output === undefined ? makeRunId(new Date()) : path.basename(path.resolve(flags.output));
  const record = mergeShards(named, shards);
  const folder = path.resolve(flags.output ?? path.join(flags.reports, record.id));
  await writeRunRecord(folder, record);
  const onFailure = (text: string) => progress.note(text);
  for (const [index, { scenarios }] of shards.entries()) {
    const from = path.dirname(files[index] ?? '.');
    for (const { id } of scenarios) {
      await copyEvidence(path.join(from, 'scenarios'), path.join(folder, 'scenarios'), id);
      // With which a case of the merged run is brought back, and bundled.
      await copyEvidence(catalogueFolder(from), catalogueFolder(folder), id);
    }
    await copyEvidence(from, folder, CLUSTER_FILES);
  }
  await writeRunReports(folder, record, { onFailure });
  const of = shards.map(({ id }) => id);
  await orTold('the history', onFailure, () =>
    appendHistory(historyFile(flags.reports), historyEntry(record, of)),
  );
  print(`${of.length} shards: ${sumOf(record)}`);
  print(folder);
  // As of `matrix --merge`: what the runs came to.
  return record.exitCode;
}

/** What a scenario's record refers to, relative to the run's folder. An id may be another's text. */
async function copyEvidence(from: string, to: string, id: string): Promise<void> {
  if (id !== path.basename(id)) return;
  const source = path.join(from, id);
  if (!(await stat(source).catch(() => undefined))?.isDirectory()) return;
  await cp(source, path.join(to, id), { recursive: true });
}
