import type { ExistingAccess } from '../../clusters/existing/existing-cluster.ts';
import type { Nudges } from './nudges.ts';
import type { PlacedRanges } from './plan.ts';

/** How often each scenario runs. */
export interface Repeat {
  times: number;
  /** True: not again after one that was not as known. */
  untilRed: boolean;
}

export const ONCE: Repeat = { times: 1, untilRed: false };

/**
 * What the process that has made cluster, namespace and probe tells Vitest's worker, which runs the scenarios.
 * Plain data: it crosses a thread.
 */
export interface Handover {
  runId: string;
  /** The run's start on `monotonicMs()`, which all threads share. */
  origin: number;
  folder: string;
  scenariosFolder: string;
  /** The ids of those that may run. */
  scenarios: string[];
  namespace: string;
  cluster: string;
  implementation: string;
  nudges: Nudges;
  repeat: Repeat;
  /** Where ranges are to be, of a case that is run again. */
  placed: PlacedRanges;
  /** Whether captures are kept of scenarios that are as known, too. */
  capture: boolean;
  /** Whether scenarios run that need what the implementation does not claim. */
  unclaimed: boolean;
  /** Undefined where there is none, in a cluster that is somebody's own. */
  probe: { id: string; name: string } | undefined;
  /** How to reach a cluster that is somebody's own. */
  existing?: ExistingAccess;
  /** FRR's image, where scenarios announce by BGP. */
  routerImage: string | undefined;
  /** DOCKER_HOST and its like. */
  environment: Record<string, string>;
}

// A module augmentation, so this file is a module that imports what it augments by type only.
declare module 'vitest' {
  interface ProvidedContext {
    dualvip: Handover;
  }
}
