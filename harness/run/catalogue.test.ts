import { mkdtempDisposable, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { loadScenario } from '../scenario/load.ts';
import { catalogueFolder, keepScenario } from './catalogue.ts';
import { SCENARIOS_FOLDER } from './plan.ts';

it('keeps a scenario whole, or nothing of it', async () => {
  await using run = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-catalogue-'));
  const scenario = await loadScenario(path.join(SCENARIOS_FOLDER, 'c2-dual-pool'));
  await keepScenario(run.path, scenario);
  const kept = await readdir(catalogueFolder(run.path), { recursive: true });
  expect(kept.toSorted().slice(0, 3)).toEqual([
    'c2-dual-pool',
    'c2-dual-pool/manifests',
    `c2-dual-pool/manifests/${Object.keys(scenario.manifests).toSorted()[0]}`,
  ]);
  expect(kept).toContain('c2-dual-pool/scenario.yaml');
  const gone = { ...scenario, folder: path.join(run.path, 'nowhere') };
  await expect(keepScenario(path.join(run.path, 'second'), gone)).rejects.toThrow('ENOENT');
  expect(await readdir(path.join(run.path, 'second', 'catalogue'))).toEqual([]);
});
