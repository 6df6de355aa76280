import { FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { sleep } from '../../base/converge.ts';
import type { PoolCounters } from '../../clusters/implementations/implementation.ts';
import type { CountersObservation } from '../../reports/record/record.ts';
import { lastStates, poolsAt } from '../judge/state.ts';
import { poolsOf } from '../judge/pools.ts';
import type { Session } from './session.ts';

/** Between two readings: a counter is written after the status it is about, and nothing tells when. */
const AGAIN_MS = 100;

export interface CountersOptions {
  session: Session;
  /** By their names in the scenario and in the cluster. */
  pools: readonly { name: string; rendered: string }[];
  moment: CountersObservation['moment'];
  signal: AbortSignal;
}

/**
 * Reads what the implementation counts as in use in each pool, until that agrees with the statuses or the time
 * for it is up, and notes the last reading. Whether it agrees is the judge's to say.
 */
export async function observeCounters({ session, pools, moment, signal }: CountersOptions): Promise<void> {
  const { log, implementation, cluster } = session;
  if (!implementation.counters || pools.length === 0) return;
  const deadline = log.now() + timeoutMs('counters');
  const wanted = new Map(
    pools.map(({ name, rendered }) => [rendered, { name, held: heldOf(name, session) }]),
  );
  for (;;) {
    const read = (await implementation.counters(cluster.client, signal)).filter(({ pool }) =>
      wanted.has(pool),
    );
    const agrees = read.every(({ pool, assigned }) =>
      FAMILIES.every((family) => assigned[family] === wanted.get(pool)?.held[family]),
    );
    if (agrees || log.now() >= deadline) {
      for (const one of read) note(one);
      return;
    }
    await sleep(AGAIN_MS, signal);
  }

  function note({ pool, source, assigned, available }: PoolCounters): void {
    log.add({
      kind: 'counters',
      moment,
      pool: wanted.get(pool)?.name ?? pool,
      source,
      assigned: { ...assigned },
      ...(available ? { available: { ...available } } : {}),
    });
  }
}

/** How many addresses of a pool Services have. */
function heldOf(pool: string, { log }: Session): Record<Family, number> {
  const ranges = poolsAt(log.all(), Infinity);
  const used = new Set(
    [...lastStates(log.all(), Infinity).values()].flatMap((one) => (one.deleted ? [] : one.addresses)),
  );
  const own = [...used]
    .filter((address) => poolsOf(address, ranges).includes(pool))
    .map((address) => familyOf(address));
  return {
    IPv4: own.filter((family) => family === 'IPv4').length,
    IPv6: own.filter((family) => family === 'IPv6').length,
  };
}
