import type {
  AdvertisementSpec,
  PeeringSpec,
  PoolSpec,
} from '../../clusters/implementations/implementation.ts';
import { isNotFound } from '../../clusters/kubernetes/api-error.ts';
import { refOf, type KubernetesObject, type ObjectRef } from '../../clusters/kubernetes/objects.ts';
import type { PoolsObservation } from '../../reports/record/record.ts';
import {
  advertisementSchema,
  poolSchema,
  type Advertisement,
  type Pool,
  type PoolsChange,
  type Scenario,
} from '../scenario/schema.ts';
import { renderValue, type Variables } from '../scenario/template.ts';
import type { Evidence } from './evidence.ts';
import { RUN_LABEL } from './left-over.ts';
import { untilNotRefused } from './refused-deletion.ts';
import type { Session } from './session.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface ScenarioPoolsOptions {
  session: Session;
  scenario: Scenario;
  variables: Variables;
  evidence: Evidence;
  stopwatch: Stopwatch;
}

interface AdvertiseChange {
  put: readonly Advertisement[];
  remove: readonly string[];
}

export interface PoolsStep {
  pools?: PoolsChange | undefined;
  advertise?: AdvertiseChange | undefined;
  /** The file of the evidence. */
  name: string;
  /** False where the implementation is down: then it takes nothing in, and says nothing. */
  heard?: boolean | undefined;
  signal: AbortSignal;
}

/** The name that a pool or advertisement has in the cluster: one of its own where others are there meanwhile. */
export function renderedName(
  name: string,
  scenario: Pick<Scenario, 'shared'>,
  { namespace, isolated }: Pick<Session, 'namespace' | 'isolated'>,
): string {
  return scenario.shared || isolated ? `${namespace}-${name}` : name;
}

function labelled(object: KubernetesObject, runId: string): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, labels: { [RUN_LABEL]: runId } } };
}

/** The pools and advertisements of one scenario in the cluster, from the first step to its cleaning up. */
export class ScenarioPools {
  readonly #options: ScenarioPoolsOptions;
  /** By their names in the scenario. */
  readonly #pools = new Map<string, ObjectRef[]>();
  readonly #advertisements = new Map<string, ObjectRef[]>();
  #peering: readonly ObjectRef[] = [];
  /** The ranges of the pools as they stand, as `first-last`. */
  #ranges: Record<string, string[]> = {};
  readonly #limits = new Map<string, NonNullable<PoolsObservation['limits']>[string]>();

  constructor(options: ScenarioPoolsOptions) {
    this.#options = options;
  }

  /**
   * Makes, changes and deletes, and resolves when the implementation has taken the pools in. All of it is the
   * implementation's time, as its own webhook is asked about each object. Gives a mark of the follower: a look at
   * Services after it knows the pools.
   */
  async change({ pools, advertise, name, heard = true, signal }: PoolsStep): Promise<number> {
    const { session, evidence, stopwatch } = this.#options;
    const put = pools?.put ?? [];
    const removed = pools?.remove ?? [];
    const objects = session.implementation
      .renderPools(
        put.map((pool) => this.#poolSpec(pool)),
        (advertise?.put ?? []).map((one) => this.#advertisementSpec(one)),
      )
      .map((object) => labelled(object, session.runId));
    const evidenced = evidence.applied(name, objects);
    const gone = [
      ...removed.flatMap((one) => this.#pools.get(one) ?? []),
      ...(advertise?.remove ?? []).flatMap((one) => this.#advertisements.get(one) ?? []),
    ];
    const mark = session.pools.mark();
    // Known before they are there, so that an interrupted change is cleaned up.
    for (const pool of put) this.#pools.set(pool.name, this.#refs([this.#poolSpec(pool)], []));
    for (const one of advertise?.put ?? []) {
      this.#advertisements.set(one.name, this.#refs([], [this.#advertisementSpec(one)]));
    }
    const changed = [...put.map(({ name: one }) => one), ...removed].map((one) => this.#rendered(one));
    const known = await stopwatch.spend('implementation', async () => {
      await this.#delete(gone, signal);
      await session.cluster.client.applyAll(objects, { signal });
      return session.pools.whenTaken(heard ? changed : [], mark, signal);
    });
    await evidenced;
    for (const one of removed) this.#pools.delete(one);
    for (const one of advertise?.remove ?? []) this.#advertisements.delete(one);
    this.#observe(put, removed);
    return known;
  }

  /**
   * Resolves when the implementation's word about every pool has come again, as after its restart, with a mark as
   * `change` does.
   */
  async whenTakenAgain(mark: number, signal: AbortSignal): Promise<number> {
    const names = [...this.#pools.keys()].map((name) => this.#rendered(name));
    return this.#options.session.pools.whenTaken(names, mark, signal);
  }

  /** Forgets a change that the API refused. */
  forget({ put }: PoolsChange): void {
    for (const { name } of put) if (!(name in this.#ranges)) this.#pools.delete(name);
  }

  /** The same of advertisements. */
  forgetAdvertisements({ put }: AdvertiseChange): void {
    for (const { name } of put) this.#advertisements.delete(name);
  }

  /** The BGP sessions with a router; deleted with the pools. */
  async peer(peering: PeeringSpec, signal: AbortSignal): Promise<void> {
    const { session, evidence } = this.#options;
    const objects = (session.implementation.renderPeering?.(peering) ?? []).map((object) =>
      labelled(object, session.runId),
    );
    // In the order in which they are made: one that is named by another one comes before it.
    this.#peering = objects.map(refOf);
    await evidence.applied('peering.yaml', objects);
    await session.cluster.client.applyAll(objects, { signal });
  }

  /** Deletes all of them and waits for the implementation's word that it has forgotten the pools. */
  async cleanUp(signal: AbortSignal): Promise<void> {
    const { session, stopwatch } = this.#options;
    const names = [...this.#pools.keys()].map((name) => this.#rendered(name));
    const refs = [...this.#pools.values(), ...this.#advertisements.values()].flat();
    if (refs.length + this.#peering.length === 0) return;
    const mark = session.pools.mark();
    await stopwatch.spend('implementation', async () => {
      await this.#delete(refs, signal);
      // What is named by another one goes after it.
      for (const ref of this.#peering.toReversed()) {
        await untilNotRefused(() => this.#delete([ref], signal), signal);
      }
      await session.pools.whenTaken(names, mark, signal);
    });
  }

  #observe(put: readonly Pool[], removed: readonly string[]): void {
    if (put.length + removed.length === 0) return;
    const changed = Object.fromEntries(put.map((pool) => [pool.name, [...this.#poolSpec(pool).ranges]]));
    const kept = Object.entries(this.#ranges).filter(([name]) => !removed.includes(name));
    this.#ranges = { ...Object.fromEntries(kept), ...changed };
    for (const one of removed) this.#limits.delete(one);
    for (const pool of put) {
      const { autoAssign, namespaces, serviceSelector } = this.#poolSpec(pool);
      this.#limits.set(pool.name, {
        ...(autoAssign === undefined ? {} : { autoAssign }),
        ...(namespaces ? { namespaces: [...namespaces] } : {}),
        ...(serviceSelector ? { serviceSelector: { ...serviceSelector } } : {}),
      });
    }
    this.#options.session.log.add({
      kind: 'pools',
      pools: this.#ranges,
      limits: Object.fromEntries(this.#limits),
    });
  }

  /** The pools as they stand: their names in the scenario, and in the cluster. */
  names(): { name: string; rendered: string }[] {
    return Object.keys(this.#ranges).map((name) => ({ name, rendered: this.#rendered(name) }));
  }

  #rendered(name: string): string {
    const { scenario, session } = this.#options;
    return renderedName(name, scenario, session);
  }

  #poolSpec(written: Pool): PoolSpec {
    const { scenario, session, variables } = this.#options;
    const { addresses = [], ...pool } = poolSchema.parse(renderValue(written, variables));
    const isolated = scenario.shared || session.isolated;
    const namespaces = pool.namespaces ?? (isolated ? [session.namespace] : undefined);
    return {
      ...pool,
      ...(namespaces ? { namespaces } : {}),
      name: this.#rendered(pool.name),
      ranges: [
        ...pool.ranges.map((name) => {
          const range = variables[`${name}.range`];
          if (range === undefined) throw new Error(`range ${name} was not carved`);
          return range;
        }),
        ...addresses,
      ],
    };
  }

  #advertisementSpec(written: Advertisement): AdvertisementSpec {
    const { name, pools, ...selectors } = advertisementSchema.parse(
      renderValue(written, this.#options.variables),
    );
    return { ...selectors, name: this.#rendered(name), pools: pools.map((pool) => this.#rendered(pool)) };
  }

  #refs(pools: readonly PoolSpec[], advertisements: readonly AdvertisementSpec[]): ObjectRef[] {
    return this.#options.session.implementation.renderPools(pools, advertisements).map(refOf);
  }

  async #delete(refs: readonly ObjectRef[], signal: AbortSignal): Promise<void> {
    const { client } = this.#options.session.cluster;
    await Promise.all(
      refs.map(async (ref) => {
        try {
          await client.delete(ref, { propagationPolicy: 'Background', gracePeriodSeconds: 0, signal });
        } catch (error) {
          // A step may have deleted it.
          if (!isNotFound(error)) throw error;
        }
      }),
    );
  }
}
