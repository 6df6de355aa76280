import { monotonicMs } from '../../base/clock.ts';

/** What a scenario's time is spent on; the rest of it is the harness's own. */
export type Spending = 'implementation' | 'settle';

/** Sums up time by what it was spent on. */
export class Stopwatch {
  readonly #start = monotonicMs();
  readonly #spent: Record<Spending, number> = { implementation: 0, settle: 0 };

  async spend<T>(on: Spending, work: () => Promise<T>): Promise<T> {
    const begin = monotonicMs();
    try {
      return await work();
    } finally {
      this.#spent[on] += monotonicMs() - begin;
    }
  }

  /** In milliseconds. */
  timing(): { wallMs: number; implementationMs: number; settleMs: number; overheadMs: number } {
    const wallMs = monotonicMs() - this.#start;
    const { implementation: implementationMs, settle: settleMs } = this.#spent;
    return { wallMs, implementationMs, settleMs, overheadMs: wallMs - implementationMs - settleMs };
  }
}
