import { monotonicMs } from '../../base/clock.ts';
import { converge, sleep } from '../../base/converge.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { faultAt } from './catalogue.ts';
import { describeFault, type Fault, type FaultPlace, type PlacedFault } from './fault.ts';
import type { FaultJournal, JournalEntry } from './journal.ts';

/** Times are `monotonicMs()`. */
export interface FaultTimes {
  /** Right before it was made or undone. */
  at: number;
  /** When the command that did so had ended: the change was between the two. */
  madeAt: number;
  /** When its effect, or that all is as before, was seen. */
  endedAt: number;
  /** How that was seen. */
  effect: string;
}

export interface HealedFault extends FaultTimes {
  entry: JournalEntry;
}

export interface InjectOptions {
  /** Unique on the cluster while the fault lasts. */
  id: string;
  run: string;
  signal: AbortSignal;
}

/** Between two attempts to undo, and before what was healed after an interruption is undone once more. */
const RETRY_MS = 1000;

/** What healing waits for, one after the other, each as long as `faultHealed`: see recovery.ts. */
const STAGES = 5;

interface FaultsOptions {
  place: FaultPlace;
  journal: FaultJournal;
  /** For tests. */
  make?: (place: FaultPlace, fault: PlacedFault) => Fault;
  /** Nobody heals by these any more from then on: what is not healed is left to who reads the journal next. */
  ended?: AbortSignal | undefined;
}

/** Injects faults on one cluster, and heals them, whoever has injected them. */
export class Faults {
  readonly #place: FaultPlace;
  readonly #journal: FaultJournal;
  readonly #make: (place: FaultPlace, fault: PlacedFault) => Fault;
  readonly #ended: AbortSignal | undefined;

  constructor({ place, journal, make = faultAt, ended }: FaultsOptions) {
    this.#place = place;
    this.#journal = journal;
    this.#make = make;
    this.#ended = ended;
  }

  /** The faults that are not known to be healed, oldest first. */
  active(): Promise<JournalEntry[]> {
    return this.#journal.entries();
  }

  /**
   * Resolves when the fault's effect was seen. It is in the journal before it is made, and stays there until it is
   * healed, also where this fails.
   * @throws HarnessError `DUALVIP_FAULT_TARGET`, `DUALVIP_FAULT_EFFECT`, `DUALVIP_FAULT_TWICE`; the signal's reason
   */
  async inject(fault: PlacedFault, { id, run, signal }: InjectOptions): Promise<FaultTimes> {
    const what = describeFault(fault);
    const active = await this.#journal.entries();
    if (active.some((one) => one.fault.name === fault.name && one.fault.node === fault.node)) {
      throw new HarnessError('DUALVIP_FAULT_TWICE', `${what} is there already`, {
        hint: 'Heal it before it is made again.',
      });
    }
    const bound = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs('faultEffect'))]);
    const prepared = await this.#make(this.#place, fault).prepare(bound);
    try {
      signal.throwIfAborted();
      await this.#journal.add({ id, run, at: new Date().toISOString(), fault });
      const at = monotonicMs();
      await prepared.make(bound);
      const madeAt = monotonicMs();
      const effect = await prepared.effect(bound);
      return { at, madeAt, effect, endedAt: monotonicMs() };
    } catch (cause) {
      signal.throwIfAborted();
      throw new HarnessError('DUALVIP_FAULT_EFFECT', `${what} had not its effect: ${messageOf(cause)}`, {
        cause,
      });
    } finally {
      await prepared.close?.();
    }
  }

  /**
   * Resolves when all is as before; undefined where there is nothing to heal. Bounded by its own time, and by
   * `ended`.
   * @throws HarnessError `DUALVIP_FAULT_NOT_HEALED`; it stays in the journal then, and can be tried again
   */
  async heal(id: string, options: { twice?: boolean } = {}): Promise<HealedFault | undefined> {
    const entry = (await this.#journal.entries()).find((one) => one.id === id);
    if (!entry) return undefined;
    // Each thing that is waited for has its own bound, and says what did not come; this one is for what hangs.
    const hangs = AbortSignal.timeout(STAGES * timeoutMs('faultHealed'));
    const signal = this.#ended ? AbortSignal.any([hangs, this.#ended]) : hangs;
    const fault = this.#make(this.#place, entry.fault);
    try {
      const at = monotonicMs();
      await this.#undo(fault, entry, signal);
      if (options.twice) {
        await sleep(RETRY_MS, signal);
        await this.#undo(fault, entry, signal);
      }
      const madeAt = monotonicMs();
      const effect = await fault.recovered(signal);
      await this.#journal.remove(id);
      return { entry, at, madeAt, effect, endedAt: monotonicMs() };
    } catch (cause) {
      throw this.#notHealed(entry, cause);
    }
  }

  /**
   * Heals all of them, the last one first, as one may be on top of another. `twice`: after an interruption, when
   * the engine may still be doing what a process that has ended had asked for. One that does not heal keeps none of
   * the others from it. @throws as `heal`, of the first that did not heal
   */
  async healAll(options: { twice?: boolean; onHealed?: (healed: HealedFault) => void } = {}): Promise<void> {
    let failure: unknown;
    for (const { id } of (await this.#journal.entries()).toReversed()) {
      try {
        const healed = await this.heal(id, options);
        if (healed) options.onHealed?.(healed);
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }

  /** Before the cluster is removed: takes back what its nodes' end would not. Gives all that it was under. */
  async undoBeforeRemoval(signal: AbortSignal): Promise<JournalEntry[]> {
    const entries = (await this.#journal.entries()).toReversed();
    for (const { fault } of entries) {
      const made = this.#make(this.#place, fault);
      // What cannot be undone is no ground to keep the cluster.
      if (made.outlivesNodes) await made.undo(signal).catch(() => {});
    }
    return entries;
  }

  #undo(fault: Fault, entry: JournalEntry, signal: AbortSignal): Promise<unknown> {
    return converge({
      what: `${describeFault(entry.fault)} to be undone`,
      observe: async (attempt) => {
        await fault.undo(attempt);
        return 'undone';
      },
      until: () => true,
      timeoutMs: timeoutMs('faultHealed'),
      intervalMs: RETRY_MS,
      signal,
    });
  }

  #notHealed({ fault }: JournalEntry, cause: unknown): HarnessError {
    const { name } = this.#place.state;
    return new HarnessError(
      'DUALVIP_FAULT_NOT_HEALED',
      `${describeFault(fault)} did not heal: ${messageOf(cause)}`,
      {
        cause,
        hint: `The next run on cluster ${name} tries again; dualvip down ${name} removes it.`,
      },
    );
  }
}
