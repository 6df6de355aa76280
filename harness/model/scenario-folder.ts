import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { stringify } from 'yaml';

import type { Scenario, Step } from '../scenario/schema.ts';

/**
 * Writes a scenario as a folder that `loadScenario` reads: `<root>/<id>/scenario.yaml` and its manifests. So a
 * case can be read, changed and run like any other scenario. Gives the folder.
 */
export async function writeScenario(scenario: Scenario, root: string): Promise<string> {
  const { folder: _, manifests, steps, ...header } = scenario;
  const folder = path.join(root, scenario.id);
  await mkdir(path.join(folder, 'manifests'), { recursive: true });
  const text = stringify({ ...header, steps: steps.map(fieldsOf) }, { aliasDuplicateObjects: false });
  await Promise.all([
    writeFile(path.join(folder, 'scenario.yaml'), text),
    ...Object.entries(manifests).map(([name, manifest]) =>
      writeFile(path.join(folder, 'manifests', name), manifest),
    ),
  ]);
  return folder;
}

/** A step as scenario.yaml has it: its kind is the key that says what it does. */
export function fieldsOf(step: Step): Record<string, unknown> {
  const { kind: _, ...fields } = step;
  return fields;
}
