import { mkdir, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { ensureOutputFolder, writeOutput } from './output.ts';

async function temporary() {
  return mkdtempDisposable(path.join(tmpdir(), 'dualvip-output-'));
}

describe('writeOutput', () => {
  it('makes the folders above', async () => {
    await using folder = await temporary();
    const file = path.join(folder.path, 'a', 'b', 'report.html');
    await writeOutput(file, 'page');
    expect(await readFile(file, 'utf8')).toBe('page');
  });

  it('does not write over a folder, and says so', async () => {
    await using folder = await temporary();
    const taken = path.join(folder.path, 'taken');
    await mkdir(taken);
    const writing = writeOutput(taken, 'page');
    await expect(writing).rejects.toMatchObject({ code: 'DUALVIP_OUTPUT_UNWRITABLE', exitCode: 64 });
    await expect(writing).rejects.toThrow(`${taken} cannot be written: EISDIR`);
  });
});

describe('ensureOutputFolder', () => {
  it('takes one that is there, and makes one that is not', async () => {
    await using folder = await temporary();
    await ensureOutputFolder(folder.path);
    await ensureOutputFolder(path.join(folder.path, 'new', 'one'));
    expect(await readdir(path.join(folder.path, 'new'))).toEqual(['one']);
  });

  it('refuses a file in the way', async () => {
    await using folder = await temporary();
    const file = path.join(folder.path, 'file');
    await writeFile(file, '');
    await expect(ensureOutputFolder(file)).rejects.toThrow(`${file} cannot be written: ${file} is no folder`);
    await expect(ensureOutputFolder(path.join(file, 'below'))).rejects.toThrow('cannot be written: ENOTDIR');
  });

  it.runIf(process.platform === 'linux')('ends where no folder can be made', async () => {
    await expect(ensureOutputFolder('/proc/dualvip/x')).rejects.toThrow('/proc/dualvip/x cannot be written');
  });
});
