import { mkdtempDisposable, readdir, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { silent } from '../../base/progress.ts';
import { runOf } from '../../reports/matrix/fixtures.ts';
import { matrixRecordSchema } from '../../reports/matrix/matrix-record.ts';
import { scenarioWith } from '../../reports/fixtures.ts';
import { writeRunRecord } from '../../reports/record-file.ts';
import type { CommandContext } from '../context.ts';
import { matrix, type MatrixFlags } from './matrix.ts';

const older = runOf({ version: '0.15.2', scenarios: [scenarioWith('pass')] }).record;
const newer = runOf({ version: '0.16.1', scenarios: [scenarioWith('fail')], exitCode: 1 }).record;

/** A folder of runs with two in it. */
async function runs() {
  const folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-matrix-'));
  for (const record of [older, newer]) await writeRunRecord(path.join(folder.path, record.id), record);
  await symlink(newer.id, path.join(folder.path, 'latest'));
  return folder;
}

function asked(reports: string, merge: string[]) {
  const printed: string[] = [];
  const context: CommandContext = {
    signal: new AbortController().signal,
    progress: silent,
    origin: 0,
    print: (text) => printed.push(text),
  };
  const flags: MatrixFlags = {
    ...{ merge, reports, topology: 'dual', parallel: 1 },
    ...{ workers: 2, images: 'auto', yes: false, all: false },
  };
  return { printed, exitCode: matrix(flags, context) };
}

describe('matrix --merge', () => {
  it('merges runs by folder, file, id and link, and runs nothing', async () => {
    await using folder = await runs();
    for (const [first, second] of [
      [path.join(folder.path, older.id), path.join(folder.path, newer.id, 'run.json')],
      [older.id, 'latest'],
    ] as const) {
      const { printed, exitCode } = asked(folder.path, [first, second]);
      expect(await exitCode).toBe(1);
      expect(printed.join('\n')).toContain('   C2     c2-dual-pool                  ✓ ✓ ✓    ·\n');
    }
    const made = (await readdir(folder.path)).filter((name) => /^matrix-\d{8}-\d{6}-[a-z]{3}$/.test(name));
    expect(made).toHaveLength(2);
    for (const name of made) {
      const text = await readFile(path.join(folder.path, name, 'matrix.json'), 'utf8');
      const record = matrixRecordSchema.parse(JSON.parse(text));
      expect(record.columns.map((column) => column.record)).toEqual([
        `../${older.id}/run.json`,
        `../${newer.id}/run.json`,
      ]);
      expect(record.durationMs).toBe(older.durationMs + newer.durationMs);
    }
  });

  it('takes no run twice, and writes nothing then', async () => {
    await using folder = await runs();
    await expect(asked(folder.path, [newer.id, 'latest']).exitCode).rejects.toMatchObject({
      code: 'DUALVIP_MATRIX_TWICE',
      exitCode: 64,
      message: `run ${newer.id} was given twice`,
    });
    expect((await readdir(folder.path)).toSorted()).toEqual(['latest', older.id, newer.id].toSorted());
  });

  it('says which run is not there', async () => {
    await using folder = await runs();
    await expect(asked(folder.path, ['gone']).exitCode).rejects.toMatchObject({
      code: 'DUALVIP_RECORD_NOT_FOUND',
      exitCode: 64,
    });
  });
});
