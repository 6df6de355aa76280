import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { shardOf } from './shards.ts';

const scenario = (id: string, shared = false) => ({ id, shared });
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);

describe('shardOf', () => {
  it('puts long ones apart, and keeps the order', () => {
    const scenarios = ['a', 'b', 'c', 'd', 'e'].map((id) => scenario(id));
    const times = new Map([
      ['a', 10],
      ['b', 100],
      ['c', 20],
      ['d', 60],
      ['e', 30],
    ]);
    const part = (shard: string) => ids(shardOf(scenarios, { shard, times, lanes: 24 }));
    expect(part('1/2')).toEqual(['a', 'b']);
    expect(part('2/2')).toEqual(['c', 'd', 'e']);
  });

  it('deals out by number where no times are known', () => {
    const scenarios = ['a', 'b', 'c', 'd'].map((id) => scenario(id));
    const options = { times: new Map<string, number>(), lanes: 24 };
    expect(ids(shardOf(scenarios, { ...options, shard: '1/2' }))).toEqual(['a', 'c']);
    expect(ids(shardOf(scenarios, { ...options, shard: '2/2' }))).toEqual(['b', 'd']);
  });

  it('counts those that run at the same time for their part only', () => {
    const scenarios = [scenario('alone'), ...['s1', 's2', 's3'].map((id) => scenario(id, true))];
    const times = new Map(scenarios.map(({ id }) => [id, 10]));
    expect(ids(shardOf(scenarios, { shard: '1/2', times, lanes: 3 }))).toEqual(['alone']);
  });

  it('gives each scenario to exactly one part, and no part more than a third over the mean and one scenario', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ id: fc.string(), ms: fc.integer({ min: 1, max: 60_000 }) }), {
          selector: ({ id }) => id,
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 6 }),
        (known, count) => {
          const times = new Map(known.map(({ id, ms }) => [id, ms]));
          const scenarios = known.map(({ id }) => scenario(id));
          const parts = Array.from({ length: count }, (_, index) =>
            shardOf(scenarios, { shard: `${index + 1}/${count}`, times, lanes: 1 }),
          );
          expect(ids(parts.flat()).toSorted()).toEqual(ids(scenarios).toSorted());
          const sums = parts.map((part) => part.reduce((sum, { id }) => sum + (times.get(id) ?? 0), 0));
          const all = known.reduce((sum, { ms }) => sum + ms, 0);
          const longest = Math.max(0, ...known.map(({ ms }) => ms));
          expect(Math.max(...sums)).toBeLessThanOrEqual(all / count + longest);
        },
      ),
      { numRuns: 50 },
    );
  });
});
