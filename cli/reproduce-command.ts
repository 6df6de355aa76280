import type { Command } from 'commander';

import { addImageOptions, wholeNumber } from './cluster-options.ts';
import type { CommandContext } from './context.ts';
import { RUNS_FOLDER } from './scenario-options.ts';

export function addReproduce(
  program: Command,
  context: CommandContext,
  end: (exitCode: number) => void,
): void {
  const command = program
    .command('reproduce')
    .description('run a recorded case as it was, and leave it standing at its failure, to be looked at')
    .argument('<case>', 'RUN#SCENARIO; the run by run.json, folder, id, latest, or a bundle (.tar.gz)')
    .option('--step', 'ask before each step', false)
    .option('--workers <n>', 'worker nodes; default: as recorded', wholeNumber('--workers', 1, 20))
    .option('--name <name>', 'name of the cluster')
    .option('--reports <folder>', 'where runs are, and where this one is reported', RUNS_FOLDER);
  addImageOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (reference, flags) =>
      end(await (await import('./commands/reproduce.ts')).reproduce(reference, flags, context)),
    );
}

const EXAMPLES = `
Examples:
  dualvip reproduce latest#c2-dual-pool
  dualvip reproduce reports/runs/20261123-022719-wgg/run.json#c8-no-advertisement --step
  dualvip reproduce c8-no-advertisement.tar.gz     a bundle has one case

Exit codes: 0 it came out as in the record, 1 it did not. The cluster stays; dualvip down removes it.`;
