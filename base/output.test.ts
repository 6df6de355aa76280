import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
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
    await expect(writeOutput(taken, 'page')).rejects.toMatchObject({
      code: 'DUALVIP_OUTPUT_UNWRITABLE',
      exitCode: 64,
      message: expect.stringContaining(`${taken} cannot be written: EISDIR`) as string,
    });
  });
});

describe('ensureOutputFolder', () => {
  it('takes one that is there', async () => {
    await using folder = await temporary();
    await ensureOutputFolder(folder.path);
    await ensureOutputFolder(path.join(folder.path, 'new', 'one'));
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
