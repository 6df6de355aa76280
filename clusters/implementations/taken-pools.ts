import { EventEmitter, once } from 'node:events';

import { monotonicMs } from '../../base/clock.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { PoolFollower, ReconciledOptions } from './implementation.ts';

interface Taken {
  name: string;
  /** The place in the order from which on it holds: a look may have begun, a pool be known, before that is told. */
  from: number;
  /** When that was told, on `monotonicMs()`. */
  at: number;
}

/**
 * What an implementation has taken in so far, in order: a pool's name for each of its changes, `namespace/name`
 * for each time that it looked at a Service, and `EVERY_SERVICE` for a look at all.
 */
export class TakenPools implements PoolFollower {
  readonly #taken: Taken[] = [];
  readonly #changes = new EventEmitter<{ change: [] }>();
  readonly #words: { who: string; hint: string };
  #failure: { error: unknown } | undefined;

  /** `who` is named when a pool is not taken in; `hint` says where to look then. */
  constructor(words: { who: string; hint: string }) {
    this.#words = words;
    // Every scenario that runs waits here.
    this.#changes.setMaxListeners(0);
  }

  /** `from`: a mark of before, where it holds since then. */
  add(name: string, from: number = this.mark()): void {
    this.#taken.push({ name, from, at: monotonicMs() });
    this.#failure = undefined;
    this.#changes.emit('change');
  }

  /** Whoever waits fails, until something is taken in again. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#changes.emit('change');
  }

  mark(): number {
    return this.#taken.length;
  }

  /** @throws HarnessError `DUALVIP_POOLS_NOT_TAKEN`; the signal's reason */
  async whenTaken(pools: readonly string[], mark: number, signal: AbortSignal): Promise<number> {
    const deadline = AbortSignal.timeout(timeoutMs('poolsTaken'));
    const bound = AbortSignal.any([signal, deadline]);
    for (;;) {
      const seen = this.#taken.slice(mark);
      const missing = pools.filter((pool) => !seen.some(({ name }) => name === pool));
      if (missing.length === 0) return latest(pools, seen) ?? mark;
      signal.throwIfAborted();
      if (this.#failure || deadline.aborted) throw this.#notTaken(missing);
      await once(this.#changes, 'change', { signal: bound }).catch(() => {});
    }
  }

  async whenReconciled(
    services: readonly string[],
    mark: number,
    { withinMs, signal }: ReconciledOptions,
  ): Promise<number | undefined> {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(withinMs))]);
    for (;;) {
      const looks = services.map((service) => this.#lookAfter(mark, service));
      if (looks.every((at) => at !== undefined)) return Math.max(...looks);
      signal.throwIfAborted();
      if (bound.aborted) return undefined;
      await once(this.#changes, 'change', { signal: bound }).catch(() => {});
    }
  }

  /** What began after the mark was told after it: the order need not be read from its begin. */
  #lookAfter(mark: number, service: string): number | undefined {
    for (let index = mark; index < this.#taken.length; index += 1) {
      const one = this.#taken[index];
      if (one && one.name === service && one.from >= mark) return one.at;
    }
    return undefined;
  }

  #notTaken(missing: readonly string[]): HarnessError {
    const { who, hint } = this.#words;
    const because = this.#failure ? `: ${messageOf(this.#failure.error)}` : '';
    return new HarnessError(
      'DUALVIP_POOLS_NOT_TAKEN',
      `${who} has not taken in ${missing.join(', ')}${because}`,
      { hint, cause: this.#failure?.error },
    );
  }
}

/** Of the last word about each pool, where the latest of them begins to hold; undefined without any. */
function latest(pools: readonly string[], seen: readonly Taken[]): number | undefined {
  const last = pools.flatMap((pool) => seen.findLast(({ name }) => name === pool)?.from ?? []);
  return last.length === 0 ? undefined : Math.max(...last);
}
