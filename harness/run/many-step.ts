import { timeoutMs } from '../../base/timeouts.ts';
import type { Observation } from '../../reports/record/record.ts';
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
  const tally = new ManyTally(many);
  const met = () => {
    if (!tally.isComplete(log.all())) return false;
    const context = { step, observations: log.all(), pools: poolsAt(log.all(), Infinity), at: Infinity };
    return checkMany(many, context).every(({ ok }) => ok);
  };
  const withinMs = timeoutMs('assignment') + many.count * EACH_MS;
  await stopwatch.spend('implementation', () => log.until(met, { withinMs, signal }));
}

/**
 * Counts the Services that have as many addresses as they should. It reads each observation once: to compare
 * all Services after each of their observations would take the square of their number.
 */
export class ManyTally {
  readonly #many: Many;
  readonly #complete = new Map<string, boolean>();
  #read = 0;
  #incomplete = 0;

  constructor(many: Many) {
    this.#many = many;
  }

  /** Whether it is worth comparing them. `observations`: those of the call before, and what came since. */
  isComplete(observations: readonly Observation[]): boolean {
    for (; this.#read < observations.length; this.#read += 1) this.#add(observations[this.#read]);
    return this.#incomplete === 0 && this.#complete.size === this.#many.count;
  }

  #add(one: Observation | undefined): void {
    if (one?.kind !== 'service' || !one.service.startsWith(this.#many.services)) return;
    const before = this.#complete.get(one.service) ?? true;
    const now = one.deleted || one.addresses.length === this.#many.addresses.length;
    this.#incomplete += Number(before) - Number(now);
    if (one.deleted) this.#complete.delete(one.service);
    else this.#complete.set(one.service, now);
  }
}
