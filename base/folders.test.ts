import { mkdtemp, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { cacheFolder, makePrivateFolder, PROJECT_ROOT, stateFolder } from './folders.ts';

describe.each([
  { folder: cacheFolder, own: 'DUALVIP_CACHE_DIR', xdg: 'XDG_CACHE_HOME', inHome: '.cache/dualvip' },
  { folder: stateFolder, own: 'DUALVIP_STATE_DIR', xdg: 'XDG_STATE_HOME', inHome: '.local/state/dualvip' },
])('$folder.name', ({ folder, own, xdg, inHome }) => {
  it.each([
    ['our own variable', { [own]: '/here', [xdg]: '/xdg' }, '/here'],
    ["XDG's variable", { [xdg]: '/xdg' }, '/xdg/dualvip'],
    ['an empty one of ours', { [own]: '', [xdg]: '/xdg' }, '/xdg/dualvip'],
    ["an empty one of XDG's", { [xdg]: '' }, path.join(homedir(), inHome)],
    ['neither', {}, path.join(homedir(), inHome)],
  ])('with %s', (_, environment, expected) => {
    expect(folder(environment)).toBe(expected);
  });
});

describe('PROJECT_ROOT', () => {
  it('is where package.json is', async () => {
    expect((await stat(path.join(PROJECT_ROOT, 'package.json'))).isFile()).toBe(true);
  });
});

describe('makePrivateFolder', () => {
  it('makes a folder with its parents that only the user can enter, and takes one that is there', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'dualvip-folders-'));
    try {
      const folder = path.join(root, 'a', 'b');
      expect(await makePrivateFolder(folder)).toBe(folder);
      expect(await makePrivateFolder(folder)).toBe(folder);
      for (const one of [folder, path.dirname(folder)]) expect((await stat(one)).mode & 0o077).toBe(0);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
