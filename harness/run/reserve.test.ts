import { mkdtempDisposable, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { Reserve } from './reserve.ts';

it('takes room, and gives it back once, whoever asks', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-reserve-'));
  const reserve = new Reserve(folder.path);
  await reserve.take();
  expect((await stat(path.join(folder.path, 'reserve'))).size).toBe(65_536);
  await new Reserve(folder.path).give();
  await reserve.give();
  expect(await readdir(folder.path)).toEqual([]);
});
