import path from 'node:path';

import writeFileAtomic from 'write-file-atomic';

import { EXIT } from '../../base/errors.ts';
import { renderReport } from '../../reports/html/report.ts';
import { readRunRecord, REPORT_FILE } from '../../reports/record-file.ts';
import type { CommandContext } from '../context.ts';
import { runFile } from '../run-file.ts';

export interface ReportHtmlFlags {
  output?: string;
  reports: string;
}

/** Writes the page of the runs that are named, or of the newest, and tells where it is. */
export async function reportHtml(
  given: readonly string[],
  flags: ReportHtmlFlags,
  { print }: CommandContext,
): Promise<number> {
  const named = given.length > 0 ? given : ['latest'];
  const files = await Promise.all(named.map((run) => runFile(run, flags.reports)));
  const records = await Promise.all(files.map(readRunRecord));
  const output = flags.output ?? path.join(path.dirname(files[0] ?? '.'), REPORT_FILE);
  await writeFileAtomic(output, renderReport(records));
  print(output);
  return EXIT.ok;
}
