import { Option, type Command } from 'commander';

import { addMakingOptions, wholeNumber } from './cluster-options.ts';
import type { CommandContext } from './context.ts';
import { addScenarioOptions } from './scenario-options.ts';

const MAKING = ['implementation', 'topology', 'testNamePattern', 'name', 'parallel', 'network'];

export function addMatrix(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  const command = program
    .command('matrix')
    .description('run the scenarios on several versions, implementations and topologies, side by side')
    .option('--implementation <list>', 'name@version,version,…; default: every one that is pinned')
    .option('--topology <list>', 'families of the clusters', 'dual')
    .option('--name <name>', 'the clusters are named NAME-1, NAME-2, …')
    .option('--parallel <n>', 'how many clusters at a time', wholeNumber('--parallel', 1, 20), 1)
    .addOption(
      new Option('--merge <runs...>', 'run nothing: merge these runs (folder, run.json or id)').conflicts(
        MAKING,
      ),
    );
  addScenarioOptions(addMakingOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (flags) => end(await (await import('./commands/matrix.ts')).matrix(flags, context)));
}

const EXAMPLES = `
Examples:
  dualvip matrix
  dualvip matrix --implementation metallb@0.14.9,0.16.1 --topology dual,ipv6 -t C3
  dualvip matrix --implementation metallb@0.16.1,cilium@1.15.19
  dualvip matrix --merge reports/runs/20261123-022719-wgg reports/runs/latest

Exit code: the worst of the runs'.`;
