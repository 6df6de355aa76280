import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { raiseInotifyLimits } from './inotify.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dualvip-inotify-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('raiseInotifyLimits', () => {
  it('raises what is lower, and never lowers', async () => {
    await writeFile(path.join(folder, 'max_user_instances'), '128\n');
    await writeFile(path.join(folder, 'max_user_watches'), '1048576\n');
    expect(await raiseInotifyLimits(folder)).toEqual(['max_user_instances']);
    expect(await readFile(path.join(folder, 'max_user_instances'), 'utf8')).toBe('1024\n');
    expect(await readFile(path.join(folder, 'max_user_watches'), 'utf8')).toBe('1048576\n');
  });

  it('leaves a machine alone that has no such limits', async () => {
    expect(await raiseInotifyLimits(path.join(folder, 'none'))).toEqual([]);
  });
});
