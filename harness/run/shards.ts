import type { Scenario } from '../scenario/schema.ts';

/** How long each scenario took, in milliseconds, by id. */
export type ScenarioTimes = ReadonlyMap<string, number>;

export interface ShardOptions {
  /** As `1/3`. */
  shard: string;
  /** Of earlier runs; a scenario without one is taken to last as long as the one in the middle of the others. */
  times: ScenarioTimes;
  /** How many of those that may share a cluster run at once: each takes its part of their time. */
  lanes: number;
}

/**
 * One part of the scenarios, in their order. All parts have about the same length, none has a scenario of another,
 * and all together have all: whoever asks for another part with the same times gets the rest.
 */
export function shardOf<T extends Pick<Scenario, 'id' | 'shared'>>(
  scenarios: readonly T[],
  { shard, times, lanes }: ShardOptions,
): T[] {
  const [index = 1, count = 1] = shard.split('/').map(Number);
  const usual = median(scenarios.flatMap(({ id }) => times.get(id) ?? [])) ?? 1;
  const weightOf = ({ id, shared }: T) => (times.get(id) ?? usual) / (shared ? lanes : 1);
  const loads = Array.from({ length: count }, () => 0);
  const own = new Set<T>();
  // The longest first, each to the part that has least (R. L. Graham, 1969): at worst a third over the best.
  const order = scenarios.toSorted((a, b) => weightOf(b) - weightOf(a) || (a.id < b.id ? -1 : 1));
  for (const scenario of order) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] ?? 0) + weightOf(scenario);
    if (least === index - 1) own.add(scenario);
  }
  return scenarios.filter((one) => own.has(one));
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
