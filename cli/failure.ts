import { colorsFor } from '../base/colors.ts';
import { EXIT, HarnessError, messageOf } from '../base/errors.ts';

export interface TellOptions {
  out?: NodeJS.WritableStream;
  /** Writes the commands in a text as the user types them. */
  typed?: (text: string) => string;
}

/**
 * Tells a failure on standard error, message and hint, and gives the exit code. A stack trace is for bugs only:
 * everything that a user or a machine can cause is a HarnessError.
 */
export function tellFailure(error: unknown, options: TellOptions = {}): number {
  const { out = process.stderr, typed = (text) => text } = options;
  const pc = colorsFor('stderr');
  if (error instanceof SuppressedError) {
    // What went wrong first is what the user has to know; cleaning up failed because of it, as a rule.
    const exitCode = tellFailure(error.suppressed, options);
    out.write(`${pc.dim(`cleaning up failed as well: ${messageOf(error.error)}`)}\n`);
    return exitCode;
  }
  if (error instanceof HarnessError) {
    out.write(`${pc.red('error:')} ${typed(error.message)}\n`);
    if (error.hint) out.write(`${pc.yellow('hint:')} ${typed(error.hint)}\n`);
    if (error.evidence) out.write(`${pc.dim('see:')} ${error.evidence}\n`);
    out.write(`${pc.dim(error.code)}\n`);
    if (process.env['DUALVIP_DEBUG']) out.write(`${causes(error)}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  out.write(`${pc.red('bug:')} ${text}\nThis is dualvip's fault; please report it with the lines above.\n`);
  return EXIT.harness;
}

function causes(error: unknown): string {
  const lines: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause)
    lines.push(current.stack ?? current.message);
  return lines.join('\ncaused by: ');
}
