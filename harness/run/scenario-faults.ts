import { clusterNodes } from '../../clusters/nodes.ts';
import type { FaultTimes, HealedFault } from '../../clusters/faults/faults.ts';
import type { PlacedFault } from '../../clusters/faults/fault.ts';
import type { Family } from '../../base/addresses.ts';
import type { FaultObservation } from '../../reports/record/record.ts';
import type { FaultStep } from '../scenario/schema.ts';
import { targetNode } from './fault-target.ts';
import type { ScenarioPools } from './scenario-pools.ts';
import type { Session } from './session.ts';

/** In the place of a step's id, of what no step has healed. */
const AT_THE_END = 'end';

export interface ScenarioFaultsOptions {
  session: Session;
  /** The scenario's id. */
  scenario: string;
  pools: Pick<ScenarioPools, 'whenTakenAgain'>;
  /** What a scenario has put into the nodes, beside the cluster, is gone from one that has started anew. */
  onNodeStarted: (signal: AbortSignal) => Promise<void>;
}

interface Made {
  step: string;
  fault: PlacedFault;
  target: FaultStep['node'];
  families: readonly Family[] | undefined;
  /** Of the pools' follower, before the fault. */
  mark: number;
}

/** The faults of one scenario: what a step has made, a step or the scenario's end heals. */
export class ScenarioFaults {
  readonly #options: ScenarioFaultsOptions;
  readonly #made: Made[] = [];

  constructor(options: ScenarioFaultsOptions) {
    this.#options = options;
  }

  /** Resolves when the effect was seen. @throws HarnessError as `Faults.inject` */
  async inject(
    step: string,
    { name, node: target, service, families, signal: kill }: FaultStep,
    signal: AbortSignal,
  ): Promise<void> {
    const { session } = this.#options;
    const node = target && (await targetNode({ session, target, service, families, signal }));
    const fault: PlacedFault = {
      name,
      ...(node ? { node: node.name } : {}),
      ...(name === 'neighbours-dropped' && families ? { families } : {}),
      ...(name.endsWith('-killed') ? { signal: kill ?? 'TERM' } : {}),
    };
    const made: Made = { step, fault, target, families: fault.families, mark: session.pools.mark() };
    // Before it is there: also what fails half-way is healed.
    this.#made.push(made);
    const times = await session.faults.inject(fault, { id: this.#id(step), run: session.runId, signal });
    this.#observe(step, 'inject', made, times);
  }

  /** Resolves when all that a step's fault disturbed works again. */
  async heal(step: string, of: string, signal: AbortSignal): Promise<void> {
    const index = this.#made.findIndex((one) => one.step === of);
    const made = this.#made[index];
    if (!made) return;
    const healed = await this.#options.session.faults.heal(this.#id(of));
    await this.#settle(made, signal);
    this.#made.splice(index, 1);
    if (healed) this.#observe(step, 'heal', made, healed);
  }

  /** Heals what no step has healed, the last one first. */
  async healAll(signal: AbortSignal): Promise<void> {
    for (const { step } of this.#made.toReversed()) await this.heal(AT_THE_END, step, signal);
  }

  /** What the harness knows of the cluster is made true again. */
  async #settle({ fault, mark }: Made, signal: AbortSignal): Promise<void> {
    const { session, pools, onNodeStarted } = this.#options;
    const { docker, state, nodes } = session.cluster;
    if (fault.name === 'controller-killed') await pools.whenTakenAgain(mark, signal);
    // Docker may have given it other addresses.
    if (fault.name === 'node-stopped') {
      nodes.splice(0, nodes.length, ...(await clusterNodes(docker, state.name, state.network.name)));
      await onNodeStarted(signal);
    }
  }

  #observe(
    step: string,
    action: FaultObservation['action'],
    { fault, target, families, ...made }: Made,
    { at, madeAt, endedAt, effect }: FaultTimes | HealedFault,
  ): void {
    const { log } = this.#options.session;
    log.add({
      kind: 'fault',
      at: log.since(at),
      madeAt: log.since(madeAt),
      endedAt: log.since(endedAt),
      step,
      action,
      ...(action === 'heal' ? { of: made.step } : {}),
      fault: fault.name,
      ...(fault.node === undefined ? {} : { node: fault.node }),
      ...(target === undefined ? {} : { target }),
      ...(families ? { families: [...families] } : {}),
      ...(fault.signal ? { signal: fault.signal } : {}),
      effect,
    });
  }

  #id(step: string): string {
    return `${this.#options.scenario}/${step}`;
  }
}
