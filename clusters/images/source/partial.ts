import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

import { isAlive } from '../../../base/alive.ts';

/** The name of something half-made: the process that makes it is in it, so that another can tell who died. */
export function partialOf(target: string): string {
  return `${target}.partial-${process.pid}`;
}

/** Removes what processes that were killed left half-made in a folder. Gives the names. */
export async function removeStalePartials(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const stale = names.filter((name) => {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
  await Promise.all(stale.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
  return stale;
}
