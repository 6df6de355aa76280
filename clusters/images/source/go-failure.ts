import { ExecaError } from 'execa';

import { messageOf } from '../../../base/errors.ts';

const MOST_LINES = 12;

/** What the compiler says first. The lines of `-v`, which name packages, are none of it. */
export function firstGoLines(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const lines = cause instanceof ExecaError ? saidLines(cause.stderr || cause.all || '') : [messageOf(error)];
  const left = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(left > 0 ? [`and ${left} lines more`] : [])]
    .map((line) => `  ${line}`)
    .join('\n');
}

function saidLines(output: string): string[] {
  return output.split('\n').filter((line) => line.trim() !== '' && !/^(# )?[\w./~-]+$/.test(line));
}
