import { formatMs, monotonicMs } from '../../base/clock.ts';
import type { ClusterFlags } from '../cluster-options.ts';
import type { CommandContext } from '../context.ts';
import { makeCluster } from '../prepare.ts';

export const DEFAULT_NAME = 'dualvip';

export async function up(flags: ClusterFlags, context: CommandContext): Promise<number> {
  const name = flags.name ?? DEFAULT_NAME;
  const { cluster } = await makeCluster({ ...flags, name }, context);
  await using _ = cluster;
  const { print, origin } = context;
  print(`cluster ${name} is up after ${formatMs(monotonicMs() - origin)}`);
  print(`  export KUBECONFIG=${cluster.kubeconfig}`);
  print(`  dualvip run --name ${name}     runs the scenarios on it`);
  print(`  dualvip down ${name}           removes it`);
  return 0;
}
