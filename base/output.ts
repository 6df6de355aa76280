import { access, constants, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

import writeFileAtomic from 'write-file-atomic';

import { messageOf, UsageError } from './errors.ts';

/**
 * Writes a file where the user wants it, whole or not at all, and makes the folders above it.
 * @throws UsageError `DUALVIP_OUTPUT_UNWRITABLE`
 */
export async function writeOutput(file: string, content: string | Buffer): Promise<void> {
  try {
    await makeFolders(path.dirname(file));
    await writeFileAtomic(file, content);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Makes a folder that a command writes into later, with those above it, and looks whether it can: before anything
 * that takes minutes. @throws UsageError `DUALVIP_OUTPUT_UNWRITABLE`
 */
export async function ensureOutputFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Not `recursive`: where a file system takes no folders and says "no such file", as /proc, that one never ends. */
async function makeFolders(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let one = path.resolve(folder); !(await exists(one)); one = path.dirname(one)) missing.unshift(one);
  for (const one of missing) {
    await mkdir(one).catch(async (error: unknown) => {
      // Another process may have made it meanwhile.
      if (!(await exists(one))) throw error;
    });
  }
  if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is no folder`);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function unwritable(place: string, cause: unknown): UsageError {
  return new UsageError('DUALVIP_OUTPUT_UNWRITABLE', `${place} cannot be written: ${messageOf(cause)}`, {
    cause,
    hint: 'Name a place that you may write to, and that is not something else already.',
  });
}
