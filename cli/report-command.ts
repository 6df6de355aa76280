import type { Command } from 'commander';

import type { CommandContext } from './context.ts';
import { addHistoryReports } from './report-history-commands.ts';
import { RUNS_FOLDER } from './scenario-options.ts';

export function addReport(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  const report = program.command('report').description('make reports of runs that are recorded');
  addReportHtml(report, context, end);
  addHistoryReports(report, context, end);
}

function addReportHtml(report: Command, context: CommandContext, end: (exitCode: number) => void): void {
  report
    .command('html', { isDefault: true })
    .description('one HTML file of a run, or of several side by side (the default)')
    .argument('[runs...]', 'folders, run.json files or ids of runs; left out: the newest')
    .option('-o, --output <file>', 'default: report.html beside the first run.json')
    .option('--reports <folder>', 'where runs are reported', RUNS_FOLDER)
    .action(async (runs, flags) =>
      end(await (await import('./commands/report-html.ts')).reportHtml(runs, flags, context)),
    );
}
