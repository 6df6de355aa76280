import type { Command } from 'commander';

import type { CommandContext } from './context.ts';
import { RUNS_FOLDER } from './scenario-options.ts';

export function addBundle(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  program
    .command('bundle')
    .description('one archive of a recorded case, for somebody who has kind and kubectl and no dualvip')
    .argument('<case>', 'RUN#SCENARIO; the run by run.json, folder, id or latest')
    .option('-o, --output <file>', 'default: SCENARIO-IMPLEMENTATION-VERSION-RUN.tar.gz, here')
    .option('--force', 'write over a file that is there', false)
    .option('--reports <folder>', 'where runs are', RUNS_FOLDER)
    .addHelpText('after', EXAMPLES)
    .action(async (reference, flags) =>
      end(await (await import('./commands/bundle.ts')).bundle(reference, flags, context)),
    );
}

const EXAMPLES = `
Examples:
  dualvip bundle latest#c9-ipv6-first
  dualvip bundle 20261123-022719-wgg#c9-ipv6-first --output for-upstream.tar.gz

Secrets, tokens, and the names of user and machine are left out; sizes are bounded.`;
