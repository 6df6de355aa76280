import { mkdir, mkdtempDisposable, readdir, readlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { runWith } from './fixtures.ts';
import { readRunRecord, updateLatest, writeRunRecord } from './record-file.ts';

const temporary = () => mkdtempDisposable(path.join(tmpdir(), 'dualvip-record-'));

describe('writeRunRecord and readRunRecord', () => {
  it('write a record, and read the same back', async () => {
    await using folder = await temporary();
    const run = path.join(folder.path, 'runs', 'one');
    await writeRunRecord(run, runWith());
    expect(await readdir(run)).toEqual(['run.json']);
    expect(await readRunRecord(path.join(run, 'run.json'))).toEqual(runWith());
  });

  it('replace what an earlier write left', async () => {
    await using folder = await temporary();
    await writeRunRecord(folder.path, runWith());
    await writeRunRecord(folder.path, runWith([]));
    expect((await readRunRecord(path.join(folder.path, 'run.json'))).scenarios).toEqual([]);
  });
});

describe('readRunRecord', () => {
  const invalid = { code: 'DUALVIP_RECORD_INVALID' };
  it.each([
    ['no JSON', '{"version": ', invalid, 'run.json is not a run record: Unexpected end of JSON input'],
    [
      'another document',
      '{"a": 1}',
      invalid,
      'run.json is not a run record: version: Invalid input: expected "dualvip/run/v2"',
    ],
    [
      'no object',
      '[]',
      invalid,
      'run.json is not a run record: Invalid input: expected object, received array',
    ],
    [
      'a value that is wrong',
      JSON.stringify({ ...runWith(), scenarios: [{ ...runWith().scenarios[0], attempt: 0 }] }),
      invalid,
      'run.json is not a run record: scenarios[0].attempt: Too small: expected number to be >=1',
    ],
    [
      'another version',
      JSON.stringify({ version: 'dualvip/run/v9', harness: { version: '3.1.0' } }),
      {
        code: 'DUALVIP_RECORD_VERSION',
        hint: 'Read it with dualvip 3.1.0 that wrote it, or run the scenarios again.',
      },
      'run.json is a record of version "dualvip/run/v9", and this dualvip reads "dualvip/run/v1" and "dualvip/run/v2"',
    ],
  ])('says of %s what is wrong', async (_, text, properties, message) => {
    await using folder = await temporary();
    const file = path.join(folder.path, 'run.json');
    await writeFile(file, text);
    const error: unknown = await readRunRecord(file).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(properties);
    const told = error instanceof Error ? error.message.replace(file, 'run.json') : '';
    expect(told).toBe(message);
  });

  it('is a usage error for a file that is not there', async () => {
    await expect(readRunRecord('/nonexistent/run.json')).rejects.toMatchObject({
      code: 'DUALVIP_RECORD_NOT_FOUND',
      exitCode: 64,
      message:
        "/nonexistent/run.json cannot be read: ENOENT: no such file or directory, open '/nonexistent/run.json'",
    });
  });
});

describe('updateLatest', () => {
  it('links to the newest run, and leaves nothing else behind', async () => {
    await using runs = await temporary();
    await updateLatest(runs.path, 'one');
    await updateLatest(runs.path, 'two');
    expect(await readlink(path.join(runs.path, 'latest'))).toBe('two');
    expect(await readdir(runs.path)).toEqual(['latest']);
  });

  it.each(['file', 'folder'])('refuses to replace a %s', async (kind) => {
    await using runs = await temporary();
    const latest = path.join(runs.path, 'latest');
    await (kind === 'file' ? writeFile(latest, 'mine') : mkdir(latest));
    await expect(updateLatest(runs.path, 'one')).rejects.toMatchObject({
      code: 'DUALVIP_LATEST_NOT_A_LINK',
      message: `${latest} is a ${kind}, and not the link to the newest run`,
    });
    expect(await readdir(runs.path)).toEqual(['latest']);
  });
});
