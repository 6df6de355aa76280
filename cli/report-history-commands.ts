import type { Command } from 'commander';

import { wholeNumber } from './cluster-options.ts';
import type { CommandContext } from './context.ts';
import { RUNS_FOLDER } from './scenario-options.ts';

type End = (exitCode: number) => void;

/** `report history`, `report compare` and `report merge`. */
export function addHistoryReports(report: Command, context: CommandContext, end: End): void {
  report
    .command('history')
    .description('the last runs of each implementation: verdicts, times, what is flaky')
    .option('--runs <n>', 'how many of the last runs', wholeNumber('--runs', 1, 10_000), 20)
    .option('--budgets <file>', 'limits for the newest run of each; exit code 1 where one is exceeded')
    .option('--reports <folder>', 'where runs are reported', RUNS_FOLDER)
    .option('--json', 'as JSON, with the data of trend charts', false)
    .action(async (flags) =>
      end(await (await import('./commands/report-history.ts')).reportHistory(flags, context)),
    );
  report
    .command('compare')
    .description(
      'what is new in a run: failures, what is fixed, what is slower; exit code 1 for new failures',
    )
    .argument('<before>', 'a folder, run.json file or id of a run, or an id in the history')
    .argument('<after>', 'the same')
    .option('--budgets <file>', 'limits for the second run; exit code 1 where one is exceeded')
    .option('--reports <folder>', 'where runs are reported', RUNS_FOLDER)
    .option('--json', 'as JSON', false)
    .action(async (before, after, flags) =>
      end(await (await import('./commands/report-compare.ts')).reportCompare(before, after, flags, context)),
    );
  report
    .command('merge')
    .description('the shards of one run as one run, with all its reports')
    .argument('<runs...>', 'folders, run.json files or ids of runs')
    .option('-o, --output <folder>', 'default: a folder for it beside the other runs')
    .option('--reports <folder>', 'where runs are reported', RUNS_FOLDER)
    .action(async (runs, flags) =>
      end(await (await import('./commands/report-merge.ts')).reportMerge(runs, flags, context)),
    );
}
