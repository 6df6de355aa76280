import { EventEmitter, once } from 'node:events';

import { HarnessError, messageOf } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { PoolFollower, ReconciledOptions } from './implementation.ts';

/**
 * What an implementation has taken in so far, in order: a pool's name for each of its changes, and
 * `namespace/name` for each time that it looked at a Service.
 */
export class TakenPools implements PoolFollower {
  readonly #names: string[] = [];
  readonly #changes = new EventEmitter<{ change: [] }>();
  readonly #words: { who: string; hint: string };
  #failure: { error: unknown } | undefined;

  /** `who` is named when a pool is not taken in; `hint` says where to look then. */
  constructor(words: { who: string; hint: string }) {
    this.#words = words;
    // Every scenario that runs waits here.
    this.#changes.setMaxListeners(0);
  }

  add(name: string): void {
    this.#names.push(name);
    this.#failure = undefined;
    this.#changes.emit('change');
  }

  /** Whoever waits fails, until something is taken in again. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#changes.emit('change');
  }

  mark(): number {
    return this.#names.length;
  }

  /** @throws HarnessError `DUALVIP_POOLS_NOT_TAKEN`; the signal's reason */
  async whenTaken(pools: readonly string[], mark: number, signal: AbortSignal): Promise<void> {
    const deadline = AbortSignal.timeout(timeoutMs('poolsTaken'));
    const bound = AbortSignal.any([signal, deadline]);
    for (;;) {
      const missing = pools.filter((pool) => !this.#names.includes(pool, mark));
      if (missing.length === 0) return;
      signal.throwIfAborted();
      if (this.#failure || deadline.aborted) throw this.#notTaken(missing);
      await once(this.#changes, 'change', { signal: bound }).catch(() => {});
    }
  }

  async whenReconciled(
    services: readonly string[],
    mark: number,
    { withinMs, signal }: ReconciledOptions,
  ): Promise<boolean> {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
    while (!services.every((service) => this.#names.includes(service, mark))) {
      signal.throwIfAborted();
      if (bound.aborted) return false;
      await once(this.#changes, 'change', { signal: bound }).catch(() => {});
    }
    return true;
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
