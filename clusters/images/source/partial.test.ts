import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { partialOf, removeStalePartials } from './partial.ts';

it('removes what the dead left, and nothing else', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dualvip-partial-'));
  try {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const [dead, alive, whole] = [`kind-1.partial-${pid}`, path.basename(partialOf('kind-1')), 'kind-1'];
    for (const name of [dead, alive, whole]) await mkdir(path.join(folder, name));
    expect(await removeStalePartials(folder)).toEqual([dead]);
    expect((await readdir(folder)).sort()).toEqual([alive, whole].sort());
    expect(await removeStalePartials(path.join(folder, 'none'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
