import { monotonicMs } from '../../base/clock.ts';
import type { Observation } from '../../reports/record/record.ts';

type Unstamped = Observation extends infer O
  ? O extends Observation
    ? Omit<O, 'at'> & { at?: number }
    : never
  : never;

/** Everything that was observed in a run, in order of time, and the one place to wait for more of it. */
export class ObservationLog {
  readonly #origin: number;
  readonly #ended: AbortSignal | undefined;
  readonly #observations: Observation[] = [];
  readonly #listeners = new Set<() => void>();

  /** `origin`: the run's start on `monotonicMs()`. `ended`: nothing is observed any more from then on. */
  constructor(origin: number, ended?: AbortSignal) {
    this.#origin = origin;
    this.#ended = ended;
  }

  /** Milliseconds since the run's start. */
  now(): number {
    return this.since(monotonicMs());
  }

  /** A time of `monotonicMs()` as milliseconds since the run's start, to a microsecond. */
  since(monotonic: number): number {
    return Math.round((monotonic - this.#origin) * 1000) / 1000;
  }

  /** The inverse of `since`. */
  monotonic(at: number): number {
    return this.#origin + at;
  }

  add(observation: Unstamped): void {
    this.#observations.push({ ...observation, at: observation.at ?? this.now() });
    for (const listener of this.#listeners) listener();
  }

  /** Forgets what was observed so far: it is in the record of the scenario that it is about. */
  clear(): void {
    this.#observations.length = 0;
  }

  all(): readonly Observation[] {
    return this.#observations;
  }

  /** What was observed from `at` on. */
  from(at: number): Observation[] {
    return this.#observations.filter((one) => one.at >= at);
  }

  /**
   * Resolves with true as soon as `condition` holds, which is asked after each observation, or with false at
   * the deadline. @throws the signal's reason, and that of `ended`
   */
  async until(
    condition: () => boolean,
    options: { withinMs: number; signal: AbortSignal },
  ): Promise<boolean> {
    const { withinMs } = options;
    const signal = this.#ended ? AbortSignal.any([options.signal, this.#ended]) : options.signal;
    signal.throwIfAborted();
    if (condition()) return true;
    if (withinMs <= 0) return false;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const onChange = () => {
      if (condition()) resolve(true);
    };
    const onAbort = () => reject(signal.reason);
    const timer = setTimeout(() => resolve(false), withinMs);
    this.#listeners.add(onChange);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#listeners.delete(onChange);
      signal.removeEventListener('abort', onAbort);
    }
  }
}
