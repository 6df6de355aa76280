import type { Command } from 'commander';

import type { CommandContext } from './context.ts';
import { RUNS_FOLDER } from './scenario-options.ts';

export function addConformance(
  program: Command,
  context: CommandContext,
  end: (exitCode: number) => void,
): void {
  const command = program
    .command('conformance')
    .description('what runs of one implementation prove of the profile, as YAML')
    .argument('[runs...]', 'folders, run.json files or ids of runs; left out: the newest')
    .option('-o, --output <file>', 'write it there, and not to standard output')
    .option('--reports <folder>', 'where runs are reported', RUNS_FOLDER)
    .addHelpText('after', EXAMPLES)
    .action(async (runs, flags) =>
      end(await (await import('./commands/conformance.ts')).conformance(runs, flags, context)),
    );
  command
    .command('table')
    .description(
      'write the comparison of all reports in reports/conformance into README.md, and the profile into docs/',
    )
    .option('--check', 'write nothing; exit code 1 where it is not current', false)
    .action(async (flags) =>
      end(await (await import('./commands/conformance.ts')).conformanceTable(flags, context)),
    );
}

const EXAMPLES = `
Examples:
  dualvip conformance latest
  dualvip conformance reports/runs/20261123-022719-wgg -o reports/conformance/metallb-0.16.1.yaml
  dualvip conformance table

Runs of one version on several topologies, or shards of a run, make one report. Exit code: 0, whatever it says.`;
