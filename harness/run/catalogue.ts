import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Scenario } from '../scenario/schema.ts';

/** Where a run keeps the scenarios that it ran, as they were then: a folder that `--scenarios` takes. */
export function catalogueFolder(run: string): string {
  return path.join(run, 'catalogue');
}

/** Keeps a scenario as it is now, for who runs it again when it has changed. */
export async function keepScenario(run: string, { id, folder, manifests }: Scenario): Promise<void> {
  const target = path.join(catalogueFolder(run), id);
  const made = await Promise.allSettled([
    keepFile(path.join(target, 'scenario.yaml'), (file) =>
      copyFile(path.join(folder, 'scenario.yaml'), file),
    ),
    ...Object.entries(manifests).map(([name, text]) =>
      keepFile(path.join(target, 'manifests', name), (file) => writeFile(file, text)),
    ),
  ]);
  const [failed] = made.filter((one) => one.status === 'rejected');
  if (failed === undefined) return;
  // Half a scenario would be taken for a whole one.
  await rm(target, { recursive: true, force: true });
  throw failed.reason;
}

async function keepFile(file: string, write: (file: string) => Promise<void>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await write(file);
}
