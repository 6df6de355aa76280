import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { contentKey, folderKey } from './content-key.ts';

describe('contentKey', () => {
  it('is twelve hexadecimal digits, the same ones always', () => {
    // printf '1:a1:b' | sha256sum
    expect(contentKey('a', 'b')).toBe('facdde7abf1e');
    expect(contentKey()).toBe('e3b0c44298fc');
  });

  it('takes text and its bytes for the same', () => {
    expect(contentKey(new TextEncoder().encode('go.mod'))).toBe(contentKey('go.mod'));
  });

  it('tells the parts apart', () => {
    const parts = fc.array(fc.string());
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(contentKey(...one) === contentKey(...other)).toBe(
          JSON.stringify(one) === JSON.stringify(other),
        );
      }),
    );
    expect(contentKey('ab', 'c')).not.toBe(contentKey('a', 'bc'));
    expect(contentKey('ab')).not.toBe(contentKey('ab', ''));
  });
});

describe('folderKey', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dualvip-key-'));
    await mkdir(path.join(folder, 'etc'));
    await writeFile(path.join(folder, 'Dockerfile'), 'FROM scratch');
    await writeFile(path.join(folder, 'etc', 'unit'), '[Unit]');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('stays the same where nothing changed, wherever the folder is', async () => {
    const before = await folderKey(folder);
    await writeFile(path.join(folder, 'Dockerfile'), 'FROM scratch');
    expect(await folderKey(folder)).toBe(before);
    const moved = `${folder}-moved`;
    await rename(folder, moved);
    expect(await folderKey(moved)).toBe(before);
    await rename(moved, folder);
  });

  it.each<[string, (root: string) => Promise<unknown>]>([
    ['another content', (root) => writeFile(path.join(root, 'etc', 'unit'), '[Unit]\n')],
    ['another name', (root) => rename(path.join(root, 'Dockerfile'), path.join(root, 'dockerfile'))],
    ['another folder', (root) => rename(path.join(root, 'etc'), path.join(root, 'usr'))],
    ['one more file', (root) => writeFile(path.join(root, 'empty'), '')],
    ['one file less', (root) => rm(path.join(root, 'Dockerfile'))],
  ])('changes with %s', async (_, change) => {
    const before = await folderKey(folder);
    await change(folder);
    expect(await folderKey(folder)).not.toBe(before);
  });

  it('is about files only', async () => {
    const before = await folderKey(folder);
    await mkdir(path.join(folder, 'empty'));
    await symlink('Dockerfile', path.join(folder, 'link'));
    expect(await folderKey(folder)).toBe(before);
  });
});
