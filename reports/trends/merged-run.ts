import { UsageError } from '../../base/errors.ts';
import { measuredAlone } from '../record/alone.ts';
import { assignmentSummary } from '../record/assignment.ts';
import { implementationName } from '../record/implementation-name.ts';
import type { RunRecord } from '../record/record.ts';

/**
 * The shards of one run as one run. Each scenario's times stay on its own shard's clock.
 * @throws UsageError `DUALVIP_MERGE_DIFFERS` where they are not of one run, `DUALVIP_MERGE_TWICE` where a scenario is
 *   in two of them
 */
export function mergeShards(id: string, shards: readonly RunRecord[]): RunRecord {
  const [first, ...others] = shards.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  if (!first) throw new RangeError('no run');
  for (const other of others) refuseOther(first, other);
  refuseTwice(shards);
  const scenarios = shards.flatMap((shard) => shard.scenarios).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const begin = Date.parse(first.startedAt);
  const ends = shards.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs);
  const interrupted = shards.flatMap((shard) =>
    shard.interrupted === undefined ? [] : [`${shard.id}: ${shard.interrupted}`],
  );
  const codes = shards.map(({ exitCode }) => exitCode);
  return {
    ...first,
    id,
    durationMs: Math.max(...ends) - begin,
    scenarios,
    assignment: assignmentSummary(measuredAlone(scenarios).map(({ observations }) => observations)),
    ...(interrupted.length === 0 ? {} : { interrupted: interrupted.join('; ') }),
    exitCode: codes.includes(2) ? 2 : codes.includes(1) ? 1 : 0,
    rssBytes: Math.max(...shards.map(({ rssBytes }) => rssBytes)),
  };
}

/** What makes two runs shards of one. */
function sameness({ implementation, cluster, harness }: RunRecord): Record<string, string> {
  return {
    implementation: `${implementationName(implementation)} (${implementation.mode})`,
    topology: cluster.topology,
    Kubernetes: cluster.kubernetes,
    dualvip: harness.version,
  };
}

function refuseOther(first: RunRecord, other: RunRecord): void {
  const [one, two] = [sameness(first), sameness(other)];
  const differs = Object.keys(one).filter((key) => one[key] !== two[key]);
  if (differs.length === 0) return;
  throw new UsageError(
    'DUALVIP_MERGE_DIFFERS',
    `runs ${first.id} and ${other.id} are not of one: ${differs.map((key) => `${key} ${one[key]} and ${two[key]}`).join(', ')}`,
    { hint: 'Runs of several versions or topologies stand side by side: dualvip matrix --merge.' },
  );
}

function refuseTwice(shards: readonly RunRecord[]): void {
  const seen = new Map<string, string>();
  for (const { id: run, scenarios } of shards) {
    for (const { id } of scenarios) {
      const other = seen.get(id);
      if (other !== undefined) {
        throw new UsageError('DUALVIP_MERGE_TWICE', `${id} is in run ${other} and in run ${run}`, {
          hint: 'Shards of one run (--shard 1/2, --shard 2/2) have no scenario in common; two runs are compared.',
        });
      }
      seen.set(id, run);
    }
  }
}
