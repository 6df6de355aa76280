import { UsageError } from '../../base/errors.ts';
import { ownClusters, removeCluster } from '../../clusters/cluster-removal.ts';
import { undoFaultsBeforeRemoval } from '../left-faults.ts';
import type { CommandContext } from '../context.ts';
import { presentEngine } from '../prepare.ts';

export interface DownFlags {
  all: boolean;
}

export async function down(
  names: readonly string[],
  flags: DownFlags,
  { signal, progress, print }: CommandContext,
): Promise<number> {
  const { docker } = await presentEngine(signal);
  const own = await ownClusters(docker);
  const unknown = names.filter((name) => !own.includes(name));
  if (unknown.length > 0) {
    throw new UsageError('DUALVIP_CLUSTER_UNKNOWN', `no cluster ${unknown.join(', ')} of dualvip's`, {
      hint:
        own.length > 0
          ? `There is: ${own.join(', ')}.`
          : 'There is none; other kind clusters are left alone.',
    });
  }
  if (names.length === 0 && !flags.all && own.length > 1) {
    throw new UsageError('DUALVIP_CLUSTER_AMBIGUOUS', `there are ${own.length} clusters: ${own.join(', ')}`, {
      hint: 'Name the one to remove, or say --all.',
    });
  }
  const chosen = names.length > 0 ? names : own;
  if (chosen.length === 0) print('nothing to remove');
  for (const name of chosen) {
    signal.throwIfAborted();
    for (const fault of await undoFaultsBeforeRemoval(docker, name, signal)) {
      print(`${name} was under ${fault}: gone with it`);
    }
    const removed = await progress.step(`removing cluster ${name}`, () => removeCluster(docker, name));
    print(`removed ${name}${removed.length > 0 ? `: ${removed.join(', ')}` : ''}`);
  }
  return 0;
}
