import type { Step } from '../scenario/schema.ts';

export interface StepPosition {
  step: Step;
  /** From 1. */
  number: number;
  of: number;
}

/** A case that is left standing as it was at its failure, or at its end, for people to look at. */
export interface Hold {
  /** Called before each step; `stop` holds the case as it is then. Left out: no stop before the failure. */
  before?: (position: StepPosition) => Promise<'go' | 'stop'>;
}

let asked: Hold | undefined;

/**
 * How the run that begins next is to hold its case. A function, and so nothing that can be handed over to Vitest's
 * worker as data; the worker is this process (in-process-pool.ts).
 */
export function holdNext(hold: Hold | undefined): void {
  asked = hold;
}

export function askedHold(): Hold | undefined {
  return asked;
}
