import path from 'node:path';

import { EXIT } from '../../base/errors.ts';
import { writeOutput } from '../../base/output.ts';
import { reportedRun } from '../../reports/html/report-file.ts';
import { renderReport } from '../../reports/html/report.ts';
import { REPORT_FILE } from '../../reports/record-file.ts';
import { readSalvagedRun } from '../../reports/salvaged-run.ts';
import { readHistory } from '../../reports/trends/history-file.ts';
import type { CommandContext } from '../context.ts';
import { historyFile } from '../history-place.ts';
import { runFile } from '../run-file.ts';

export interface ReportHtmlFlags {
  output?: string;
  reports: string;
}

/**
 * Writes the page of the runs that are named, or of the newest, and tells where it is. Whatever their verdicts are,
 * the exit code is 0; it is 2 where a record is damaged, and the page is made of what could be saved.
 */
export async function reportHtml(
  given: readonly string[],
  flags: ReportHtmlFlags,
  { print, progress }: CommandContext,
): Promise<number> {
  const named = given.length > 0 ? given : ['latest'];
  const files = await Promise.all(named.map((run) => runFile(run, flags.reports)));
  const output = flags.output ?? path.join(path.dirname(files[0] ?? ''), REPORT_FILE);
  // What of the history cannot be read is told by `report history`, whose it is.
  const { entries: history } = await readHistory(historyFile(flags.reports));
  const runs = [];
  for (const file of files) {
    const salvaged = await readSalvagedRun(file);
    for (const one of salvaged.damage) progress.note(`${file} is damaged: ${one}`);
    runs.push(await reportedRun({ ...salvaged, folder: path.dirname(file), page: output, history }));
  }
  await writeOutput(output, renderReport(runs));
  print(output);
  return runs.some(({ damage }) => damage.length > 0) ? EXIT.harness : EXIT.ok;
}
