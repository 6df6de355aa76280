import { cp, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

import { EXIT, UsageError } from '../../base/errors.ts';
import { ensureOutputFolder } from '../../base/output.ts';
import { catalogueFolder } from '../../harness/run/catalogue.ts';
import { CLUSTER_FILES, readRunRecord, writeRunRecord } from '../../reports/record-file.ts';
import { sumOf } from '../../reports/sum.ts';
import { mergeShards } from '../../reports/trends/merged-run.ts';
import { isFileName } from '../../reports/unreported/unreported-files.ts';
import type { CommandContext } from '../context.ts';
import { historyFile } from '../history-place.ts';
import { runFile } from '../run-file.ts';
import { writeRunOutputs } from '../run-outputs.ts';
import { makeRunId } from '../asked-run.ts';

export interface ReportMergeFlags {
  output?: string;
  reports: string;
}

/**
 * Writes the merged run with its reports and evidence, and a line of the history in the place of its parts'.
 * @throws UsageError `DUALVIP_MERGE_INTO_SHARD`, `DUALVIP_OUTPUT_UNWRITABLE`, and as mergeShards
 */
export async function reportMerge(
  given: readonly string[],
  flags: ReportMergeFlags,
  { print, progress }: Pick<CommandContext, 'print' | 'progress'>,
): Promise<number> {
  const files = await Promise.all(given.map((run) => runFile(run, flags.reports)));
  const shards = await Promise.all(files.map(readRunRecord));
  const named =
    flags.output === undefined ? makeRunId(new Date()) : path.basename(path.resolve(flags.output));
  const record = { ...mergeShards(named, shards), command: commandOf(given, flags) };
  const folder = path.resolve(flags.output ?? path.join(flags.reports, record.id));
  await ensureOutputFolder(folder);
  const target = await realpath(folder);
  for (const file of files) if (path.dirname(await realpath(file)) === target) throw ownFolder(folder);
  await writeRunRecord(folder, record);
  let failed = false;
  const onFailure = (text: string) => {
    failed = true;
    progress.note(text);
  };
  for (const [index, { scenarios }] of shards.entries()) {
    const from = path.dirname(files[index] ?? '.');
    for (const { id } of scenarios) {
      await copyEvidence(path.join(from, 'scenarios'), path.join(folder, 'scenarios'), id);
      // With which a case of the merged run is brought back, and bundled.
      await copyEvidence(catalogueFolder(from), catalogueFolder(folder), id);
    }
    await copyEvidence(from, folder, CLUSTER_FILES);
  }
  const of = shards.map(({ id }) => id);
  const unreported = await writeRunOutputs(record, {
    folder,
    history: historyFile(flags.reports),
    of,
    onFailure,
  });
  print(`${of.length} shards: ${sumOf(record)}`);
  for (const file of unreported) print(`to file upstream  ${path.join(folder, file)}`);
  print(folder);
  // As of `matrix --merge`: what the runs came to. Reports are all that this command is for.
  return failed ? EXIT.harness : record.exitCode;
}

/** What makes the merged run, and not the first of its shards. */
function commandOf(given: readonly string[], { output, reports }: ReportMergeFlags): string[] {
  return [
    ...['report', 'merge', ...given, '--reports', reports],
    ...(output === undefined ? [] : ['-o', output]),
  ];
}

function ownFolder(folder: string): UsageError {
  return new UsageError('DUALVIP_MERGE_INTO_SHARD', `${folder} is the folder of one of the runs`, {
    hint: 'The shards stay as they are: name another folder with -o, or none.',
  });
}

/** What a scenario's record refers to, relative to the run's folder. An id may be another's text. */
async function copyEvidence(from: string, to: string, id: string): Promise<void> {
  if (!isFileName(id)) return;
  const source = path.join(from, id);
  if (!(await stat(source).catch(() => undefined))?.isDirectory()) return;
  await cp(source, path.join(to, id), { recursive: true });
}
