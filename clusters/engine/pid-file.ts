import { readFile } from 'node:fs/promises';

/** `undefined` for a file that is not there or cannot be read. */
export type Read = (file: string) => Promise<string | undefined>;

export const readIfThere: Read = (file) => readFile(file, 'utf8').catch(() => undefined);

/** Whether a process with that number lives and runs that program; a zombie does not. */
export async function runs(pid: number, program: string, read: Read = readIfThere): Promise<boolean> {
  // proc_pid_stat(5): number, name in parentheses (cut at 15 characters), state.
  const [, name, state] = /^\d+ \((.*)\) (\w)/s.exec((await read(`/proc/${pid}/stat`)) ?? '') ?? [];
  return name === program && state !== 'Z' && state !== 'X';
}

/**
 * The process number in a pid file, if that program still has it. After a killed machine the file may be there
 * yet, and its number belong to nobody or to another program.
 */
export async function livingProcess(
  pidFile: string,
  program: string,
  read: Read = readIfThere,
): Promise<number | undefined> {
  const text = (await read(pidFile))?.trim() ?? '';
  if (!/^[1-9]\d*$/.test(text)) return undefined;
  const pid = Number(text);
  return (await runs(pid, program, read)) ? pid : undefined;
}
