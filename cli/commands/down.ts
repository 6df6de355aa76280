import { UsageError } from '../../base/errors.ts';
import { isLocked } from '../../base/exclusive.ts';
import { ownClusters, removeCluster, removeForGood } from '../../clusters/cluster-removal.ts';
import { clusterFolder, readClusterState } from '../../clusters/cluster-state.ts';
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
    const remove = (await isAtRest(name)) ? removeCluster : removeForGood;
    const removed = await progress.step(`removing cluster ${name}`, () => remove(docker, name));
    print(`removed ${name}${removed.length > 0 ? `: ${removed.join(', ')}` : ''}`);
  }
  return 0;
}

/** Nobody makes anything of it: it is whole, and no run has it, nor had it when it was killed just now. */
async function isAtRest(name: string): Promise<boolean> {
  const state = await readClusterState(name);
  return state?.phase === 'ready' && !(await isLocked(clusterFolder(name)));
}
