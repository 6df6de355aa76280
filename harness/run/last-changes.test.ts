import { describe, expect, it } from 'vitest';

import { monotonicMs } from '../../base/clock.ts';
import { TakenPools } from '../../clusters/implementations/taken-pools.ts';
import { LastChanges } from './last-changes.ts';
import { ObservationLog } from './observation-log.ts';

const soon = { withinMs: 20, signal: new AbortController().signal };

function setUp() {
  const log = new ObservationLog(monotonicMs());
  const pools = new TakenPools({ who: 'The allocator', hint: '' });
  return { log, pools, changes: new LastChanges({ log, pools, namespace: 'ns' }) };
}

describe('LastChanges', () => {
  it('waits for a look at the Service itself, after it was changed', async () => {
    const { log, pools, changes } = setUp();
    pools.add('ns/web');
    changes.changing(['web', 'other']);
    expect(await changes.of('web').whenLookedAt(soon)).toBeUndefined();
    pools.add('ns/other');
    expect(await changes.of('web').whenLookedAt(soon)).toBeUndefined();
    pools.add('ns/web');
    expect(await changes.of('web').whenLookedAt(soon)).toBeLessThanOrEqual(log.now());
  });

  it('waits for a look at all Services when the pools were changed last', async () => {
    const { pools, changes } = setUp();
    changes.changing(['web']);
    await new Promise((resolve) => setTimeout(resolve, 2));
    const mark = pools.mark();
    pools.add('ns/web');
    changes.changedForAll(mark);
    expect(await changes.of('web').whenLookedAt(soon)).toBeUndefined();
    pools.add('*');
    expect(await changes.of('web').whenLookedAt(soon)).toBeGreaterThan(0);
    expect(await changes.of('another').whenLookedAt(soon)).toBeGreaterThan(0);
  });

  it('waits for nothing where no step has changed anything', async () => {
    const change = setUp().changes.of('web');
    expect(change.at).toBe(-Infinity);
    expect(await change.whenLookedAt(soon)).toBeUndefined();
  });
});
