import { writeFile } from 'node:fs/promises';

import { z } from 'zod';

import { makePrivateFolder } from '../../base/folders.ts';
import type { EngineFiles } from './engine-files.ts';
import { readIfThere } from './pid-file.ts';

/**
 * How far the harness came with an engine of its own on this machine: `none` it made none, `unfinished` it was
 * interrupted and must go on, `finished` it may be started again without asking.
 */
export type Installation = 'none' | 'unfinished' | 'finished';

const Stored = z.object({ state: z.enum(['unfinished', 'finished']) });

/** A file that cannot be read counts as unfinished: to go through the steps again does no harm. */
export function parseInstallation(text: string | undefined): Installation {
  if (text === undefined) return 'none';
  try {
    return Stored.parse(JSON.parse(text)).state;
  } catch {
    return 'unfinished';
  }
}

export async function readInstallation(files: EngineFiles): Promise<Installation> {
  return parseInstallation(await readIfThere(files.installation));
}

export async function writeInstallation(
  files: EngineFiles,
  state: Exclude<Installation, 'none'>,
): Promise<void> {
  await makePrivateFolder(files.folder);
  await writeFile(files.installation, `${JSON.stringify({ state })}\n`, { mode: 0o600 });
}
