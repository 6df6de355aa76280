import { UsageError } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import { clusterNames, readClusterState } from '../clusters/cluster-state.ts';
import { didYouMean } from '../harness/scenario/problem.ts';
import { DEFAULT_NAME } from './commands/up.ts';

/**
 * The cluster that a command works on; which one is told where there are several.
 * @throws UsageError as `chooseCluster`
 */
export async function chosenCluster(
  named: string | undefined,
  progress: Pick<Progress, 'note'>,
): Promise<string> {
  const own = (await clusterNames()).sort();
  const states = await Promise.all(own.map(readClusterState));
  const ready = own.filter((_, index) => states[index]?.phase === 'ready');
  const name = chooseCluster(named, ready);
  if (named === undefined && ready.length > 1) progress.note(`cluster ${name}, of ${ready.join(', ')}`);
  return name;
}

/**
 * The one that was named, else the only one, else the one of `dualvip up`.
 * @throws UsageError `DUALVIP_CLUSTER_UNKNOWN`, `DUALVIP_CLUSTER_AMBIGUOUS`
 */
export function chooseCluster(named: string | undefined, ready: readonly string[]): string {
  const [first, ...others] = ready;
  if (first === undefined) {
    const which = named === undefined ? 'no cluster' : `no cluster ${named}`;
    throw new UsageError('DUALVIP_CLUSTER_UNKNOWN', `there is ${which} that is ready`, {
      hint: 'dualvip up makes one.',
    });
  }
  if (named !== undefined) {
    if (ready.includes(named)) return named;
    const fix = didYouMean(named, ready);
    throw new UsageError('DUALVIP_CLUSTER_UNKNOWN', `there is no cluster ${named} that is ready${fix}`, {
      hint: `There is: ${ready.join(', ')}.`,
    });
  }
  if (others.length === 0) return first;
  if (ready.includes(DEFAULT_NAME)) return DEFAULT_NAME;
  throw new UsageError(
    'DUALVIP_CLUSTER_AMBIGUOUS',
    `there are ${ready.length} clusters: ${ready.join(', ')}`,
    {
      hint: `Name one, for instance --name ${first}.`,
    },
  );
}
