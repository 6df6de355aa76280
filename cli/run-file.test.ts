import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import { runFile } from './run-file.ts';

it('names the record of a run that was killed, by its id and by its folder', async () => {
  await using reports = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-run-file-'));
  const folder = path.join(reports.path, 'killed');
  await mkdir(folder);
  expect(await runFile('killed', reports.path)).toBe('killed');
  await writeFile(path.join(folder, 'unfinished.json'), '{}');
  const file = path.join(folder, 'run.json');
  expect(await runFile('killed', reports.path)).toBe(file);
  expect(await runFile(folder, '/nowhere')).toBe(file);
});
