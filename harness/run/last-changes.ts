import { EVERY_SERVICE, type PoolFollower } from '../../clusters/implementations/implementation.ts';
import type { ObservationLog } from './observation-log.ts';

/** What a step did last that the implementation has to look at a Service for. */
export interface LastChange {
  /** When it began, in milliseconds since the run's start; -Infinity where no step has touched the Service. */
  at: number;
  /** When it looked at the Service after that, as `at`; undefined when not within the time, or not told. */
  whenLookedAt(options: { withinMs: number; signal: AbortSignal }): Promise<number | undefined>;
}

interface Change {
  at: number;
  /** Of the follower. */
  mark: number;
  key: string;
}

interface LastChangesOptions {
  log: ObservationLog;
  pools: PoolFollower;
  namespace: string;
}

/**
 * When the steps of a scenario changed each Service last, or the pools for all of them. A look at the Service that
 * began after that knows the change; one that began before says nothing.
 */
export class LastChanges {
  readonly #options: LastChangesOptions;
  readonly #services = new Map<string, Change>();
  #all: Change | undefined;

  constructor(options: LastChangesOptions) {
    this.#options = options;
  }

  /** To be called before the API is. */
  changing(services: readonly string[]): void {
    const { log, pools, namespace } = this.#options;
    const [at, mark] = [log.now(), pools.mark()];
    for (const service of services) this.#services.set(service, { at, mark, key: `${namespace}/${service}` });
  }

  /** The pools have been taken in, or a controller that restarted knows them again: as of that mark. */
  changedForAll(mark: number): void {
    this.#all = { at: this.#options.log.now(), mark, key: EVERY_SERVICE };
  }

  of(service: string): LastChange {
    const { log, pools } = this.#options;
    const own = this.#services.get(service);
    const last = own && this.#all && own.at < this.#all.at ? this.#all : (own ?? this.#all);
    if (!last) return { at: -Infinity, whenLookedAt: () => Promise.resolve(undefined) };
    return {
      at: last.at,
      async whenLookedAt(options) {
        const at = await pools.whenReconciled([last.key], last.mark, options);
        return at === undefined ? undefined : log.since(at);
      },
    };
  }
}
