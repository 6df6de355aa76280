import { open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { run } from '../base/command.ts';
import { messageOf, UsageError } from '../base/errors.ts';

/** Unpacked. A bundle is a tenth of it (reports/bundle); what is larger was not made by dualvip. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Packs a folder, with its name as the only entry at the top (tar(1), gzip). */
export async function packFolder(folder: string, archive: string): Promise<void> {
  await run('tar', ['-czf', path.resolve(archive), '-C', path.dirname(folder), path.basename(folder)], {
    hint: 'The program tar is needed, and room on the disk.',
  });
}

/**
 * Unpacks an archive that may come from anybody: bounded in size, and regular files and folders below `target` only.
 * @throws UsageError `DUALVIP_RECORD_NOT_FOUND`, `DUALVIP_BUNDLE_INVALID`
 */
export async function unpackArchive(archive: string, target: string): Promise<void> {
  const tar = path.join(target, '.bundle.tar');
  await writeFile(tar, await inflated(archive));
  try {
    const entries = (await run('tar', ['-tvf', tar])).split('\n').filter((line) => line !== '');
    const odd = entries.find(
      (line) => !/^[-d]/.test(line) || /(^|[\s/])\.\.(\/|$)/.test(line) || /\s\//.test(line),
    );
    if (odd !== undefined) throw notBundle(archive, `an entry that is no plain file below it: ${odd}`);
    await run('tar', ['-xf', tar, '-C', target, '--no-same-owner', '--no-same-permissions']);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw notBundle(archive, messageOf(error), error);
  } finally {
    await rm(tar, { force: true });
  }
}

async function inflated(archive: string): Promise<Buffer> {
  let packed: Buffer;
  try {
    await using file = await open(archive);
    const { size } = await file.stat();
    if (size > MOST_BYTES) throw notBundle(archive, `it has ${size} bytes`);
    packed = await file.readFile();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError('DUALVIP_RECORD_NOT_FOUND', `${archive} cannot be read: ${messageOf(error)}`, {
      cause: error,
      hint: 'dualvip bundle RUN#CASE makes one.',
    });
  }
  try {
    return await promisify(gunzip)(packed, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    throw notBundle(archive, messageOf(error), error);
  }
}

export function notBundle(archive: string, problem: string, cause?: unknown): UsageError {
  return new UsageError('DUALVIP_BUNDLE_INVALID', `${archive} is no bundle of dualvip: ${problem}`, {
    cause,
    hint: 'dualvip bundle RUN#CASE makes one.',
  });
}
