import { timeoutMs } from '../../base/timeouts.ts';
import { checkMany } from '../judge/many.ts';
import { poolsAt } from '../judge/state.ts';
import type { Many } from '../scenario/schema.ts';
import type { Session } from './session.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface ManyStepOptions {
  step: string;
  many: Many;
  session: Session;
  stopwatch: Stopwatch;
  signal: AbortSignal;
}

/** On top of the bound for one assignment, for each further Service. */
const EACH_MS = 100;

/** Waits until each of many Services has its addresses. */
export async function runManyStep({
  step,
  many,
  session,
  stopwatch,
  signal,
}: ManyStepOptions): Promise<void> {
  const { log } = session;
  const met = () => {
    const context = { step, observations: log.all(), pools: poolsAt(log.all(), Infinity), at: Infinity };
    return checkMany(many, context).every(({ ok }) => ok);
  };
  const withinMs = timeoutMs('assignment') + many.count * EACH_MS;
  await stopwatch.spend('implementation', () => log.until(met, { withinMs, signal }));
}
