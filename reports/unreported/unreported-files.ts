import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import writeFileAtomic from 'write-file-atomic';

import type { RunRecord, ScenarioRecord } from '../record/record.ts';
import type { AppliedFile } from './reproduction.ts';
import { isUnreported, renderUnreported, UNREPORTED_FOLDER } from './unreported.ts';

/**
 * Writes into a run's folder, for each deviation that was seen and that nobody has reported, the text ready to
 * file: unreported/<scenario>.md. Gives the files, relative to the run's folder.
 */
export async function writeUnreported(folder: string, run: RunRecord): Promise<string[]> {
  const scenarios = run.scenarios.filter((one) => isUnreported(one) && isFileName(one.id));
  const files = scenarios.map(async (scenario) => {
    const applied = await appliedFiles(folder, scenario);
    const file = path.join(UNREPORTED_FOLDER, `${scenario.id}.md`);
    await writeText(path.join(folder, file), renderUnreported({ run, scenario, applied }));
    return file;
  });
  return Promise.all(files);
}

/** An id may be another's text, and must not lead out of a folder. */
export function isFileName(id: string): boolean {
  return id === path.basename(id) && id !== '..' && id !== '.' && id !== '';
}

/** Writes a text whole or not at all; its folder is made when it is not there. */
export async function writeText(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, text);
}

/** What a scenario applied, out of its evidence, in that order. A file that is not there any more is left out. */
export async function appliedFiles(folder: string, { id, evidence }: ScenarioRecord): Promise<AppliedFile[]> {
  const prefix = `scenarios/${id}/applied/`;
  // A record may be another's: nothing outside of the run's folder is read for it.
  const names = [...new Set(evidence)].filter(
    (file) => file.startsWith(prefix) && path.posix.normalize(file) === file,
  );
  const files = await Promise.all(
    names.map(async (file) => {
      const content = await readFile(path.join(folder, file), 'utf8').catch(() => undefined);
      return content === undefined ? [] : [{ name: file.slice(prefix.length), content }];
    }),
  );
  return files.flat();
}
