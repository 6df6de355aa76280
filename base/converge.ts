import { formatMs, monotonicMs } from './clock.ts';
import { HarnessError, messageOf } from './errors.ts';

export interface ConvergeOptions<T> {
  /** What is waited for, as in "waiting for <what>". */
  what: string;
  /** Observes once; a throw counts as an unsuccessful attempt and is remembered. */
  observe: (signal: AbortSignal) => Promise<T> | T;
  /** True when the observation is the wanted one. */
  until: (value: T) => boolean;
  timeoutMs: number;
  /** Pause between attempts. Only for things that offer no watch. */
  intervalMs?: number;
  /** Consecutive successes needed. */
  streak?: number;
  signal?: AbortSignal | undefined;
  hint?: string;
  now?: () => number;
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Resolves after `ms`, rejects with the signal's reason when it is aborted first. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error(String(signal?.reason)));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * The one wait loop, for things that cannot be watched. Resolves with the observation that ended it.
 * @throws HarnessError `DUALVIP_TIMEOUT` that tells attempts, streak, elapsed time and the last observation.
 */
export async function converge<T>(options: ConvergeOptions<T>): Promise<T> {
  const { what, observe, until, timeoutMs, intervalMs = 100, streak = 1, signal } = options;
  const now = options.now ?? monotonicMs;
  const pause = options.sleep ?? sleep;
  const start = now();
  let attempts = 0;
  let successes = 0;
  let last = 'nothing observed';
  let cause: unknown;
  const deadline = AbortSignal.timeout(timeoutMs);
  const bound = signal ? AbortSignal.any([signal, deadline]) : deadline;
  for (;;) {
    signal?.throwIfAborted();
    attempts += 1;
    try {
      const value = await observe(bound);
      cause = undefined;
      last = describe(value);
      successes = until(value) ? successes + 1 : 0;
      if (successes >= streak) return value;
    } catch (error) {
      successes = 0;
      cause = error;
      last = messageOf(error);
    }
    signal?.throwIfAborted();
    const elapsed = now() - start;
    if (elapsed + intervalMs >= timeoutMs) {
      throw new HarnessError(
        'DUALVIP_TIMEOUT',
        `waiting for ${what}: gave up after ${formatMs(elapsed)}, ${attempts} attempts` +
          (streak > 1 ? `, ${successes} of ${streak} successes in a row` : '') +
          ` (last: ${last})`,
        { cause, ...(options.hint ? { hint: options.hint } : {}) },
      );
    }
    await pause(intervalMs, signal);
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return value;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
