import { HarnessError } from '../base/errors.ts';

/** Ctrl-C, or a SIGTERM: what was made is taken back, then the command ends. */
export class Interrupted extends HarnessError {
  constructor(signal: NodeJS.Signals) {
    super('DUALVIP_INTERRUPTED', `interrupted by ${signal}`);
    this.name = 'Interrupted';
  }
}

/**
 * A signal that is aborted by the first SIGINT or SIGTERM. A second one does not wait for cleaning up, and
 * says what finds the rest.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) {
      process.stderr.write('\nended at once; `dualvip down --all` removes what is left\n');
      process.exit(2);
    }
    process.stderr.write(`\n${signal}: cleaning up (once more to end at once)\n`);
    controller.abort(new Interrupted(signal));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}
