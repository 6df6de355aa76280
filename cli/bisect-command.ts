import type { Command } from 'commander';
import { Option } from 'commander';

import { TOPOLOGIES } from '../clusters/topology.ts';
import { addMakingOptions, wholeNumber } from './cluster-options.ts';
import type { CommandContext } from './context.ts';
import { RUNS_FOLDER } from './scenario-options.ts';

export function addBisect(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  const command = program
    .command('bisect')
    .description('find the version from which on a scenario comes out otherwise')
    .argument('<scenario>', 'its id')
    .requiredOption('--good <version>', 'where all is as claimed; older or newer than the other')
    .requiredOption('--bad <version>', 'where it is not')
    .option('--implementation <name/mode>', 'what is tested', 'metallb')
    .addOption(
      new Option('--topology <shape>', 'families of the clusters').choices(TOPOLOGIES).default('dual'),
    )
    .option('--repeat <n>', 'attempts at each version', wholeNumber('--repeat', 1, 100), 3)
    .option('--scenarios <folder>', 'other scenarios than dualvip’s own')
    .option('--reports <folder>', 'where runs are reported', RUNS_FOLDER);
  addMakingOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id, flags) =>
      end(await (await import('./commands/bisect.ts')).bisect(id, flags, context)),
    );
}

const EXAMPLES = `
Examples:
  dualvip bisect c2-separate-pools --good 0.13.12 --bad 0.16.1    since when?
  dualvip bisect c9-ipv6-first --good 0.16.1 --bad 0.14.9         when was it fixed?

Exit codes: 0 a version was found, 1 the ends do not differ as said.`;
