import { mkdir, mkdtempDisposable, readdir, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { keepNewest } from './keep-newest.ts';

it('keeps those that were used last, and what is not meant', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-newest-'));
  for (const [index, name] of ['own-a', 'own-b', 'own-c', 'other'].entries()) {
    await mkdir(path.join(folder.path, name));
    await utimes(path.join(folder.path, name), 1000 - index, 1000 - index);
  }
  await keepNewest(folder.path, 2, (name) => name.startsWith('own-'));
  expect((await readdir(folder.path)).sort()).toEqual(['other', 'own-a', 'own-b']);
  await keepNewest(path.join(folder.path, 'none'), 2, () => true);
});
