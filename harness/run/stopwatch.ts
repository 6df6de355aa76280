import { monotonicMs } from '../../base/clock.ts';
import type { Timing } from '../../reports/record/record.ts';

/** What a scenario's time is spent on; the rest of it is the harness's own. */
export type Spending = 'implementation' | 'settle' | 'api';

/** Sums up time by what it was spent on. Spendings do not nest. */
export class Stopwatch {
  readonly #start = monotonicMs();
  readonly #spent: Record<Spending, number> = { implementation: 0, settle: 0, api: 0 };

  async spend<T>(on: Spending, work: () => Promise<T>): Promise<T> {
    const begin = monotonicMs();
    try {
      return await work();
    } finally {
      this.#spent[on] += monotonicMs() - begin;
    }
  }

  timing(): Timing {
    const wallMs = monotonicMs() - this.#start;
    const { implementation: implementationMs, settle: settleMs, api: apiMs } = this.#spent;
    const overheadMs = wallMs - implementationMs - settleMs - apiMs;
    return { wallMs, implementationMs, settleMs, apiMs, overheadMs };
  }
}
