import { UsageError } from '../../base/errors.ts';
import { scenarioName } from '../scenario/name.ts';
import type { Scenario } from '../scenario/schema.ts';
import { LANES } from './lanes.ts';
import type { RunOptions } from './run.ts';
import { shardOf } from './shards.ts';

/** Of those that the pattern leaves, so that the parts are of what runs. */
export function partOf(
  scenarios: readonly Scenario[],
  {
    testNamePattern = '',
    shard,
    times = new Map(),
    lanes = LANES,
  }: Pick<RunOptions, 'testNamePattern' | 'times' | 'lanes'> & { shard: string },
): Scenario[] {
  const wanted = new RegExp(testNamePattern);
  return shardOf(
    scenarios.filter((scenario) => wanted.test(scenarioName(scenario))),
    { shard, times, lanes },
  );
}

export function nothingMatched({
  testNamePattern,
  shard,
}: Pick<RunOptions, 'testNamePattern' | 'shard'>): UsageError {
  const filter = [testNamePattern && `-t ${testNamePattern}`, shard && `--shard ${shard}`]
    .filter(Boolean)
    .join(' ');
  return new UsageError('DUALVIP_SCENARIO_NONE', `no scenario matches ${filter || 'what was asked for'}`, {
    hint: 'dualvip list scenarios shows ids, claims and titles, which -t is matched against.',
  });
}
