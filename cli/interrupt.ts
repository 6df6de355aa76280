import { monotonicMs } from '../base/clock.ts';
import { HarnessError } from '../base/errors.ts';

/** Ctrl-C, or a SIGTERM: what was made is taken back, then the command ends. */
export class Interrupted extends HarnessError {
  constructor(signal: NodeJS.Signals) {
    super('DUALVIP_INTERRUPTED', `interrupted by ${signal}`);
    this.name = 'Interrupted';
  }
}

/**
 * A terminal's Ctrl-C reaches the whole process group, and npm and timeout(1) pass it on as well: two signals
 * of one moment are one wish.
 */
const SAME_MOMENT_MS = 1_000;

/**
 * A signal that is aborted by the first SIGINT or SIGTERM. A second one does not wait for cleaning up, and
 * says what finds the rest.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  let first = -Infinity;
  const onSignal = (signal: NodeJS.Signals) => {
    if (monotonicMs() - first < SAME_MOMENT_MS) return;
    if (controller.signal.aborted) {
      process.stderr.write('\nended at once; `dualvip down --all` removes what is left\n');
      process.exit(2);
    }
    first = monotonicMs();
    process.stderr.write(`\n${signal}: cleaning up (once more to end at once)\n`);
    controller.abort(new Interrupted(signal));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}
