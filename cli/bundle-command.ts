import { Option, type Command } from 'commander';

import { UsageError } from '../base/errors.ts';
import { EXPECTED } from '../harness/live/live-scenario.ts';
import type { CommandContext } from './context.ts';
import { RUNS_FOLDER } from './scenario-options.ts';

export function addBundle(program: Command, context: CommandContext, end: (exitCode: number) => void): void {
  program
    .command('bundle')
    .description('one archive of a recorded case, or of a live Service with a scenario that is made of it')
    .argument('[case]', 'RUN#SCENARIO; the run by run.json, folder, id or latest')
    .option('--from-cluster <service>', 'a live Service of any cluster instead; it is only read')
    .option('-n, --namespace <namespace>', 'of that Service', 'default')
    .option('--kubeconfig <file>', 'of its cluster; default: $KUBECONFIG')
    .option('--context <name>', 'of the kubeconfig; default: its current one')
    .option('--implementation <name>', 'default: the one whose custom resources the cluster has')
    .addOption(
      new Option('--expect <what>', 'the scenario expects what the Service asks for, or what it had')
        .choices(EXPECTED)
        .default('asked'),
    )
    .option('-o, --output <file>', 'default: SCENARIO-IMPLEMENTATION-VERSION-RUN.tar.gz, here')
    .option('--force', 'write over a file that is there', false)
    .option('--reports <folder>', 'where runs are', RUNS_FOLDER)
    .addHelpText('after', EXAMPLES)
    .action(async (reference, flags) => {
      const { fromCluster } = flags;
      if ((reference === undefined) === (fromCluster === undefined)) throw oneOfBoth();
      if (fromCluster !== undefined) {
        const { bundleLive } = await import('./commands/bundle-live.ts');
        return end(await bundleLive({ ...flags, fromCluster }, context));
      }
      if (reference === undefined) return;
      end(await (await import('./commands/bundle.ts')).bundle(reference, flags, context));
    });
}

function oneOfBoth(): UsageError {
  return new UsageError('DUALVIP_FLAGS_CONFLICT', 'a bundle is of a recorded case or of a live Service', {
    hint: 'Write RUN#SCENARIO, such as latest#c9-ipv6-first, or --from-cluster SERVICE -n NAMESPACE.',
  });
}

const EXAMPLES = `
Examples:
  dualvip bundle latest#c9-ipv6-first
  dualvip bundle 20261123-022719-wgg#c9-ipv6-first --output for-upstream.tar.gz
  dualvip bundle --from-cluster web-frontend -n shop --kubeconfig ~/.kube/config

Secrets, tokens, and the names of user and machine are left out; sizes are bounded.`;
