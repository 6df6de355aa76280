import { stat } from 'node:fs/promises';
import path from 'node:path';

import { RECORD_FILE } from '../reports/record-file.ts';

/** The record of a run that was named by its folder, its id or the file itself. It need not be there. */
export async function runFile(given: string, reports: string): Promise<string> {
  const candidates = [path.join(given, RECORD_FILE), path.join(reports, given, RECORD_FILE)];
  const found = await Promise.all(candidates.map(isFile));
  return candidates.find((_, index) => found[index]) ?? given;
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}
