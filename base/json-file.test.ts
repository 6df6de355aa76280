import { mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { writeJson } from './json-file.ts';

const temporary = () => mkdtempDisposable(path.join(tmpdir(), 'dualvip-json-'));

it('writes what is larger than one chunk, in the place of what was there', async () => {
  await using folder = await temporary();
  const file = path.join(folder.path, 'run.json');
  await writeFile(file, 'before');
  const value = { ids: Array.from({ length: 20_000 }, (_, index) => `Ünïcode-${index}`) };
  await writeJson(file, value, { space: 2 });
  expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(value, null, 2)}\n`);
  expect(await readdir(folder.path)).toEqual(['run.json']);
});

it('leaves nothing half-made behind, and what was there as it was', async () => {
  await using folder = await temporary();
  const file = path.join(folder.path, 'run.json');
  await writeFile(file, 'before');
  const broken = {
    a: 1,
    get b() {
      throw new Error('cannot be read');
    },
  };
  await expect(writeJson(file, broken)).rejects.toThrow('cannot be read');
  expect(await readFile(file, 'utf8')).toBe('before');
  expect(await readdir(folder.path)).toEqual(['run.json']);
});

it('does not make the folder that it is in', async () => {
  await using folder = await temporary();
  await expect(writeJson(path.join(folder.path, 'no', 'run.json'), {})).rejects.toThrow('ENOENT');
});
