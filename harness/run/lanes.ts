import { RUN_LABEL } from './left-over.ts';
import { ObservationLog } from './observation-log.ts';
import type { Session } from './session.ts';
import { watchNamespace } from './watching.ts';

/** How many scenarios that may share a cluster run at once, by default; docs/benchmarks.md has what it gains. */
export const LANES = 24;

/**
 * Namespaces of one run, each for one shared scenario at a time, with a log of its own: so what one scenario
 * observes is its own, and its cost does not grow with the number of the others.
 */
export class Lanes {
  readonly #session: Session;
  readonly #origin: number;
  readonly #signal: AbortSignal;
  readonly #free: Session[] = [];
  #count = 0;

  /** `origin`: the run's start on `monotonicMs()`. */
  constructor(options: { session: Session; origin: number; signal: AbortSignal }) {
    this.#session = options.session;
    this.#origin = options.origin;
    this.#signal = options.signal;
  }

  /** Runs `work` in a lane that is free, or in a new one. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const lane = this.#free.pop() ?? (await this.#open());
    try {
      return await work(lane);
    } finally {
      this.#free.push(lane);
    }
  }

  async #open(): Promise<Session> {
    this.#count += 1;
    const namespace = `${this.#session.namespace}-${this.#count}`;
    const { cluster, runId } = this.#session;
    const signal = this.#signal;
    await cluster.client.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { [RUN_LABEL]: runId } } },
      { signal },
    );
    const log = new ObservationLog(this.#origin);
    // A watch that fails for good shows as Services that nothing is heard of; the run's own watch tells why.
    watchNamespace({ client: cluster.client, namespace, log, signal }).catch(() => {});
    return { ...this.#session, namespace, log };
  }
}
