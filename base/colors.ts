import { isatty } from 'node:tty';

import pc from 'picocolors';

const FILE_DESCRIPTORS = { stdout: 1, stderr: 2 } as const;
export type StandardStream = keyof typeof FILE_DESCRIPTORS;

/**
 * Whether a standard stream gets colours: a terminal does; a file, a pipe and CI's log do not (picocolors by
 * itself says yes in CI). NO_COLOR (https://no-color.org) and FORCE_COLOR decide before that.
 */
export function hasColors(stream: StandardStream, environment: NodeJS.ProcessEnv = process.env): boolean {
  if (environment['NO_COLOR']) return false;
  if (environment['FORCE_COLOR']) return environment['FORCE_COLOR'] !== '0';
  return isatty(FILE_DESCRIPTORS[stream]);
}

/** Painters for what goes to a standard stream. */
export function colorsFor(stream: StandardStream) {
  return pc.createColors(hasColors(stream));
}
