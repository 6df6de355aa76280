import { mkdtempDisposable, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { runWith } from './fixtures.ts';
import { REPORTERS, writeRunReports } from './run-reports.ts';

const temporary = () => mkdtempDisposable(path.join(tmpdir(), 'dualvip-reports-'));

describe('writeRunReports', () => {
  it('writes each report', async () => {
    await using folder = await temporary();
    const told: string[] = [];
    const files = await writeRunReports(folder.path, runWith(), { onFailure: (text) => told.push(text) });
    expect(files).toEqual(REPORTERS.map(({ file }) => file));
    expect((await readdir(folder.path)).toSorted()).toEqual(files.toSorted());
    expect(told).toEqual([]);
  });

  it('tells the one that fails, and writes the others', async () => {
    await using folder = await temporary();
    const told: string[] = [];
    const broken = {
      file: 'broken.txt',
      render: () => {
        throw new Error('no paper');
      },
    };
    const fine = { file: 'fine.txt', render: () => 'fine' };
    const files = await writeRunReports(folder.path, runWith(), {
      onFailure: (text) => told.push(text),
      reporters: [broken, fine],
    });
    expect(files).toEqual(['fine.txt']);
    expect(told).toEqual(['broken.txt was not written: no paper']);
  });
});
