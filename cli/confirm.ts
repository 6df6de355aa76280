import { createInterface } from 'node:readline/promises';

/**
 * Asks on a terminal. `--yes` and CI=true say yes; without a terminal the answer is no, and the command's
 * error then tells what to do.
 */
export function confirmer(options: {
  yes: boolean;
  signal: AbortSignal;
}): (question: string) => Promise<boolean> {
  return async (question) => {
    if (options.yes || process.env['CI'] === 'true') return true;
    if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const answer = await terminal.question(`${question} [y/N] `, { signal: options.signal });
      return /^y(es)?$/i.test(answer.trim());
    } finally {
      terminal.close();
    }
  };
}
