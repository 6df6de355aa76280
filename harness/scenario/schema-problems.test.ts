import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { loadScenario } from './load.ts';
import { misspeltKeys } from './schema-problems.ts';

const SCENARIO = `id: c1
title: One address
ranges:
  v4: {family: IPv4, size: 8}
pools:
  - {name: ipv4-pool, ranges: [v4]}
advertise:
  - {name: ipv4-l2adv, pools: [ipv4-pool]}
steps:
  - apply: [service.yaml]
  - expect: {service: web-frontend, addresses: [{family: IPv4, pool: ipv4-pool}]}
`;

const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata:\n  name: web-frontend\nspec:\n  type: LoadBalancer\n';

/** The lines of the error that a scenario gives, without its file. */
async function problemsOf(text: string): Promise<string[]> {
  await using root = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-problems-'));
  const folder = path.join(root.path, 'c1');
  await mkdir(path.join(folder, 'manifests'), { recursive: true });
  await writeFile(path.join(folder, 'scenario.yaml'), text);
  await writeFile(path.join(folder, 'manifests', 'service.yaml'), SERVICE);
  const error: unknown = await loadScenario(folder).catch((reason: unknown) => reason);
  if (!(error instanceof Error)) return [];
  return error.message.split('\n').map((line) => line.slice(line.indexOf('scenario.yaml:') + 14));
}

describe('a key of the header that is misspelt', () => {
  it('is none in the scenario that the others are made of', async () => {
    expect(await problemsOf(SCENARIO)).toEqual([]);
  });

  // Nothing that depends on the key is told: with the key mended, all of it is as it should be.
  it.each([
    ['title', 'titel', '2:1: titel: unknown key "titel" (did you mean "title"?)'],
    ['ranges', 'range', '3:1: range: unknown key "range" (did you mean "ranges"?)'],
    ['pools', 'pool', '5:1: pool: unknown key "pool" (did you mean "pools"?)'],
    ['advertise', 'advertize', '7:1: advertize: unknown key "advertize" (did you mean "advertise"?)'],
    ['steps', 'step', '9:1: step: unknown key "step" (did you mean "steps"?)'],
  ])('%s as %s is the one problem', async (key, typo, problem) => {
    expect(await problemsOf(SCENARIO.replace(`\n${key}:`, `\n${typo}:`))).toEqual([problem]);
  });

  it('is told beside what else is wrong', async () => {
    const text = SCENARIO.replace('title:', 'titel:').replace('pools: [ipv4', 'pools: [ipv5');
    expect(await problemsOf(text)).toEqual([
      '2:1: titel: unknown key "titel" (did you mean "title"?)',
      '8:32: advertise[0].pools[0]: no pool "ipv5-pool" (did you mean "ipv4-pool"?)',
    ]);
  });
});

it('tells a key of a map in a list that is misspelt, and not that it is missing', async () => {
  expect(await problemsOf(SCENARIO.replace('{name: ipv4-pool,', '{nmae: ipv4-pool,'))).toEqual([
    '6:6: pools[0].nmae: unknown key "nmae" (did you mean "name"?)',
  ]);
});

it('tells a key that is missing, where none is like it', async () => {
  expect(await problemsOf(SCENARIO.replace('title: One address\n', ''))).toEqual([
    '1:1: title: this key is missing',
  ]);
});

describe('misspeltKeys', () => {
  it('are those that the map lacks, and has something like', () => {
    const known = ['ranges', 'pools', 'advertise'];
    expect([...misspeltKeys({ advertize: [], range: {}, pools: [] }, known)]).toEqual([
      'advertise',
      'ranges',
    ]);
  });

  it('are not those that are there as well', () => {
    expect([...misspeltKeys({ pool: [], pools: [], other: 1 }, ['pools'])]).toEqual([]);
  });
});
