import { isatty } from 'node:tty';

const STANDARD_OUTPUT = 1;

/**
 * Whether standard output gets colours: a terminal does; a file, a pipe and CI's log do not. Not by
 * `process.stdout.isTTY`, which is undefined for a pipe: picocolors then decides itself, and says yes in CI.
 */
export function useColors(): boolean {
  return isatty(STANDARD_OUTPUT) && !process.env['NO_COLOR'];
}
