import type { Writable } from 'node:stream';

import { monotonicMs } from '../base/clock.ts';
import { EXIT, HarnessError } from '../base/errors.ts';

/** Ctrl-C, a SIGTERM, or a terminal that is closed: what was made is taken back, then the command ends. */
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
 * A signal that is aborted by the first SIGINT, SIGTERM or SIGHUP, or when nobody reads the output any more. A
 * second SIGINT or SIGTERM does not wait for cleaning up, and says what finds the rest. `typed` writes the commands
 * in a text as the user types them.
 */
export function interruptSignal(typed: (text: string) => string = (text) => text): AbortSignal {
  const controller = new AbortController();
  // As it is now: Vitest has scenarios that call it fail instead.
  const exit = process.exit.bind(process);
  let first: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (first !== undefined && monotonicMs() - first < SAME_MOMENT_MS) return;
    if (first !== undefined) {
      process.stderr.write(
        typed(
          '\nended at once; the next run on the cluster heals its faults, `dualvip down --all` removes what is left\n',
        ),
      );
      exit(EXIT.harness);
    }
    first = monotonicMs();
    process.stderr.write(`\n${signal}: cleaning up (once more to end at once)\n`);
    controller.abort(new Interrupted(signal));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // A terminal that is closed, as by a lost connection: more than one may tell of it, and nobody is in a hurry.
  process.on('SIGHUP', (signal) => {
    if (first === undefined) onSignal(signal);
  });
  abortWhenUnread(controller, [process.stdout, process.stderr]);
  return controller.signal;
}

/**
 * Aborts when an output takes no more: its disk is full, its terminal is gone, or its reader has ended, as head(1)
 * does after its lines. Node ignores SIGPIPE, which ends other programs here: it gives EPIPE for each write instead.
 * A command that has done its work by then ends as if it had been read.
 */
export function abortWhenUnread(controller: AbortController, outputs: readonly Writable[]): void {
  for (const output of outputs) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') {
        controller.abort(
          new HarnessError('DUALVIP_OUTPUT_CLOSED', 'interrupted: nobody reads the output any more', {
            hint: 'To see a part of it, write all of it to a file.',
          }),
        );
        return;
      }
      // A command that has done its work does not look any more: what it had to say is not there.
      process.once('exit', () => {
        if (process.exitCode) return;
        process.stderr.write(`error: the output cannot be written: ${error.message}\n`);
        process.exitCode = EXIT.harness;
      });
      controller.abort(
        new HarnessError(
          'DUALVIP_OUTPUT_FAILED',
          `interrupted: the output cannot be written: ${error.message}`,
          {
            cause: error,
            hint: 'Is its disk full, or its terminal gone?',
          },
        ),
      );
    });
  }
}
