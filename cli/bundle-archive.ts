import { existsSync } from 'node:fs';
import { mkdir, mkdtempDisposable, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { UsageError } from '../base/errors.ts';
import type { BundleFile } from '../reports/bundle/bounded.ts';
import { packFolder } from './archive.ts';

/**
 * Packs files as the folder `name`, into `<name>.tar.gz` here unless another file is named.
 * @throws UsageError `DUALVIP_FILE_EXISTS`
 */
export async function writeArchive(
  name: string,
  files: readonly BundleFile[],
  flags: { output?: string; force: boolean },
): Promise<{ archive: string; size: number }> {
  const archive = archiveOf(name, flags);
  await using temporary = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-bundle-'));
  const folder = path.join(temporary.path, name);
  for (const file of files) {
    const target = path.join(folder, ...file.name.split('/'));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, file.content);
  }
  await packFolder(folder, archive);
  const { size } = await stat(archive);
  return { archive, size };
}

/** Where it goes. @throws UsageError `DUALVIP_FILE_EXISTS` */
export function archiveOf(name: string, { output, force }: { output?: string; force: boolean }): string {
  const archive = output ?? `${name}.tar.gz`;
  if (existsSync(archive) && !force) {
    throw new UsageError('DUALVIP_FILE_EXISTS', `${archive} is there already`, {
      hint: 'Name another file with --output, or write over it with --force.',
    });
  }
  return archive;
}
