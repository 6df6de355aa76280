import type { PoolSpec } from '../../clusters/implementations/implementation.ts';
import { RUN_LABEL } from './left-over.ts';
import { ObservationLog } from './observation-log.ts';
import type { Session } from './session.ts';
import { watchNamespace } from './watching.ts';

/** How many scenarios that may share a cluster run at once, by default; docs/benchmarks.md has what it gains. */
export const LANES = 24;

/**
 * A pool that is there as long as there are lanes, for no Service. An implementation behaves otherwise when the
 * last pool of a cluster goes (MetalLB then says nothing), and who is the last is chance among scenarios that
 * run at the same time. Its address is for documentation (RFC 5737), never announced, and not that of the pools by
 * which an implementation is found to serve: a webhook that knows this one would refuse those after a restart.
 */
export const SENTINEL: PoolSpec = {
  name: 'dualvip-lanes',
  ranges: ['198.51.100.1-198.51.100.1'],
  namespaces: ['dualvip-none'],
};

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
  #sentinel: Promise<void> | undefined;

  /** `origin`: the run's start on `monotonicMs()`. */
  constructor(options: { session: Session; origin: number; signal: AbortSignal }) {
    this.#session = options.session;
    this.#origin = options.origin;
    this.#signal = options.signal;
  }

  /** Runs `work` in a lane that is free, or in a new one. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#sentinel ??= this.#makeSentinel();
    await this.#sentinel;
    const lane = this.#free.pop() ?? (await this.#open());
    try {
      return await work(lane);
    } finally {
      this.#free.push(lane);
    }
  }

  async #makeSentinel(): Promise<void> {
    const { cluster, implementation, pools, runId } = this.#session;
    const mark = pools.mark();
    const objects = implementation.renderPools([SENTINEL], []).map((object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { [RUN_LABEL]: runId } },
    }));
    await cluster.client.applyAll(objects, { signal: this.#signal });
    await pools.whenTaken([SENTINEL.name], mark, this.#signal);
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
    const log = new ObservationLog(this.#origin, signal);
    // A watch that fails for good shows as Services that nothing is heard of; the run's own watch tells why.
    watchNamespace({ client: cluster.client, namespace, log, signal }).catch(() => {});
    return { ...this.#session, namespace, log };
  }
}
