import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

import { UsageError } from '../base/errors.ts';
import { RECORD_FILE, UNFINISHED_FILE } from '../reports/record-file.ts';

/** The newest run, by its link. */
export const LATEST = 'latest';

/**
 * The record of a run that was named by its folder, its id or the file itself. It need not be there.
 * @throws UsageError `DUALVIP_NO_RUN` for the newest one where there is none
 */
export async function runFile(given: string, reports: string): Promise<string> {
  const file = await findRunFile(given, reports);
  if (file === undefined && given === LATEST) {
    throw new UsageError('DUALVIP_NO_RUN', `there is no run in ${reports} yet`, {
      hint: '`npx dualvip run` makes one; another folder is --reports FOLDER.',
    });
  }
  return file ?? (await unfinishedRunFile(given, reports)) ?? given;
}

/** Where the record of a run that was killed would be. */
async function unfinishedRunFile(given: string, reports: string): Promise<string | undefined> {
  for (const folder of [given, path.join(reports, given)]) {
    if (await isFile(path.join(folder, UNFINISHED_FILE))) return path.join(folder, RECORD_FILE);
  }
  return undefined;
}

/** The same, of a run that is there; a file that was named itself comes last. */
export async function findRunFile(given: string, reports: string): Promise<string | undefined> {
  const candidates = [path.join(given, RECORD_FILE), path.join(reports, given, RECORD_FILE), given];
  const found = await Promise.all(candidates.map(isFile));
  const file = candidates.find((_, index) => found[index]);
  return file === undefined && given === LATEST ? newestIn(reports) : file;
}

/** Where the link is missing, as in runs that were copied: the record that was written last. */
async function newestIn(reports: string): Promise<string | undefined> {
  const names = await readdir(reports).catch(() => []);
  const files = names.map((name) => path.join(reports, name, RECORD_FILE));
  const times = await Promise.all(
    files.map(async (file) => ({ file, time: (await stat(file).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  return times.filter(({ time }) => time > 0).toSorted((a, b) => b.time - a.time)[0]?.file;
}

export async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}
