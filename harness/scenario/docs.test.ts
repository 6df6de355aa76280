import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { TOPOLOGIES } from '../../clusters/topology.ts';
import { loadScenario } from './load.ts';
import { OUTCOMES, scenarioSchema, STEP_KINDS, stepSchema } from './schema.ts';

const text = await readFile(path.join(PROJECT_ROOT, 'docs', 'scenarios.md'), 'utf8');

it('the example in docs/scenarios.md is a scenario', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'dualvip-docs-'));
  try {
    const folder = path.join(root, 'c2-dual-pool');
    await mkdir(path.join(folder, 'manifests'), { recursive: true });
    for (const [, name = '', body = ''] of text.matchAll(/```yaml\n# (\S+\.yaml)\n([^]*?)```/g)) {
      await writeFile(path.join(folder, name), body);
    }
    const { steps } = await loadScenario(folder);
    expect(steps.map(({ id }) => id)).toEqual(['service', 'assigned', 'reachable']);
  } finally {
    await rm(root, { recursive: true });
  }
});

it('docs/scenarios.md explains every key, step, outcome and topology', () => {
  const { expect: expectation, probe } = stepSchema.shape;
  const words = [
    ...Object.keys(scenarioSchema.shape),
    ...Object.keys(expectation.unwrap().shape),
    ...Object.keys(probe.unwrap().shape),
    ...STEP_KINDS,
    ...OUTCOMES,
    ...TOPOLOGIES,
  ];
  expect(words.filter((word) => !new RegExp(`\`(${word}\`|${word}:)`).test(text))).toEqual([]);
});
