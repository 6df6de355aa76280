import lockfile from 'proper-lockfile';

import { sleep } from './converge.ts';
import { HarnessError } from './errors.ts';
import { makePrivateFolder } from './folders.ts';

export interface ExclusiveOptions {
  /** The lock is a folder `<folder>.lock` beside it. */
  folder: string;
  /** Called once, when another process has the lock. */
  onWait: () => void;
  signal?: AbortSignal | undefined;
}

/**
 * Does the work while no other process does it. Waits for as long as the other lives: its lock counts as left
 * behind when it was not renewed for 30 s. The work's signal is also aborted if the lock is lost.
 */
export async function exclusively<T>(
  { folder, onWait, signal }: ExclusiveOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await makePrivateFolder(folder);
  const lost = new AbortController();
  const acquire = () =>
    lockfile.lock(folder, {
      stale: 30_000,
      onCompromised: (cause) =>
        lost.abort(
          new HarnessError('DUALVIP_LOCK_LOST', `the lock on ${folder} was lost`, {
            cause,
            hint: 'Run it again; do not remove lock folders by hand while a run lives.',
          }),
        ),
    });
  let release: (() => Promise<void>) | undefined;
  for (let attempt = 1; release === undefined; attempt += 1) {
    try {
      release = await acquire();
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (attempt === 1) onWait();
      await sleep(500, signal);
    }
  }
  try {
    return await work(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal);
  } finally {
    if (!lost.signal.aborted) await release();
  }
}

/** Whether a process does its work there now. */
export function isLocked(folder: string): Promise<boolean> {
  return lockfile.check(folder, { stale: 30_000 });
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOCKED';
}
