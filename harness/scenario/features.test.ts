import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';
import {
  findImplementation,
  knownImplementations,
  knownModes,
} from '../../clusters/implementations/registry.ts';
import { FEATURES } from './features.ts';
import { loadScenarios } from './load.ts';

/** Steps that need it are told apart one by one; no scenario has to name it. */
const OF_STEPS = 'l2';

const scenarios = await loadScenarios(path.join(PROJECT_ROOT, 'scenarios'));
const known = await knownImplementations();
const implementations = [...new Set(known.map((text) => text.slice(0, text.indexOf('@'))))];

/** The table's rows: a feature, its meaning, and yes or no for each implementation. */
const text = await readFile(path.join(PROJECT_ROOT, 'docs', 'features.md'), 'utf8');
const [head = [], , ...rows] = text
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const features = rows.map(([name = '']) => name.replaceAll('`', ''));

describe('docs/features.md', () => {
  it('has every feature that a scenario names, once and in order', () => {
    const named = scenarios.flatMap((scenario) => scenario.features);
    expect(features).toEqual([...new Set([...named, OF_STEPS])].sort());
  });

  it('has the features that a scenario may name, and no other', () => {
    expect(features).toEqual([...FEATURES]);
  });

  it('has a column for each implementation', () => {
    expect(head).toEqual(['feature', 'meaning', ...implementations]);
  });

  it.each(implementations)('tells what %s claims, and which of its modes', async (name) => {
    const column = head.indexOf(name);
    const { version } = (await findImplementation(name)).ref;
    const own = (await knownModes()).filter((one) => one.split('/')[0] === `${name}@${version}`);
    const modes = await Promise.all(own.map(findImplementation));
    const told = rows.map((row) => [row[0], row[column]]);
    const claims = features.map((feature) => {
      const claiming = modes.filter((mode) => mode.features.has(feature)).map(({ ref }) => ref.mode);
      const all = claiming.length === modes.length;
      return [`\`${feature}\``, claiming.length === 0 ? 'no' : all ? 'yes' : claiming.join(', ')];
    });
    expect(told).toEqual(claims);
    // What nothing needs is claimed for nothing.
    for (const mode of modes) expect(features).toEqual(expect.arrayContaining([...mode.features]));
  });
});
