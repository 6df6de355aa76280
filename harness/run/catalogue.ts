import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Scenario } from '../scenario/schema.ts';

/** Where a run keeps the scenarios that it ran, as they were then: a folder that `--scenarios` takes. */
export function catalogueFolder(run: string): string {
  return path.join(run, 'catalogue');
}

/** Keeps a scenario as it is now, for who runs it again when it has changed. */
export async function keepScenario(run: string, { id, folder, manifests }: Scenario): Promise<void> {
  const target = path.join(catalogueFolder(run), id);
  await mkdir(path.join(target, 'manifests'), { recursive: true });
  await Promise.all([
    copyFile(path.join(folder, 'scenario.yaml'), path.join(target, 'scenario.yaml')),
    ...Object.entries(manifests).map(([name, text]) => writeFile(path.join(target, 'manifests', name), text)),
  ]);
}
