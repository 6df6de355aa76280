import path from 'node:path';

import { run } from '../base/command.ts';
import { PROJECT_ROOT } from '../base/folders.ts';
import { mainCommand, mainEnvironment } from '../bin/bootstrap.js';

export interface DualvipOptions {
  signal: AbortSignal;
  env?: NodeJS.ProcessEnv;
  /** Called with each line that it prints. */
  onLine?: (line: string) => void;
}

/** Runs `dualvip ARGS` as a user would, to its end. */
export function dualvip(args: readonly string[], options: DualvipOptions): Promise<string> {
  const env = { ...mainEnvironment(), ...options.env };
  return run(process.execPath, [...mainCommand(), ...args], { ...options, env, cwd: PROJECT_ROOT });
}

/** Where a run's records go while benches run: not among the user's. */
export const BENCH_RUNS = path.join(PROJECT_ROOT, 'reports', 'runs', 'bench');
