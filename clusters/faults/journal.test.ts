import { mkdtempDisposable, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FaultJournal, type JournalEntry } from './journal.ts';

const entry = (id: string): JournalEntry => ({
  id,
  run: '20261125-190000-abc',
  at: '2026-11-25T19:00:00.000Z',
  fault: { name: 'link-down', node: 'demo-worker' },
});

describe('FaultJournal', () => {
  let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;

  beforeEach(async () => {
    folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-journal-'));
    vi.stubEnv('DUALVIP_STATE_DIR', folder.path);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await folder.remove();
  });

  it('has no entries where there is no file', async () => {
    expect(await new FaultJournal('demo').entries()).toEqual([]);
  });

  it('is in the state folder of its cluster, for its user alone, and there for another process', async () => {
    const journal = new FaultJournal('demo');
    await journal.add(entry('a/broken'));
    expect(journal.file).toBe(path.join(folder.path, 'clusters', 'demo', 'faults.json'));
    expect((await stat(journal.file)).mode & 0o777).toBe(0o600);
    expect(await new FaultJournal('demo').entries()).toEqual([entry('a/broken')]);
  });

  it('keeps the order, has an id once, and leaves no file behind', async () => {
    const journal = new FaultJournal('demo');
    for (const id of ['a/1', 'a/2', 'a/1']) await journal.add(entry(id));
    expect((await journal.entries()).map(({ id }) => id)).toEqual(['a/2', 'a/1']);
    await journal.remove('a/2');
    await journal.remove('a/2');
    expect(await journal.entries()).toEqual([entry('a/1')]);
    await journal.remove('a/1');
    expect(await readdir(path.dirname(journal.file))).toEqual([]);
  });

  it('is not taken for empty where it cannot be read', async () => {
    const journal = new FaultJournal('demo');
    await journal.add(entry('a/1'));
    await writeFile(journal.file, (await readFile(journal.file, 'utf8')).replace('link-down', 'meteor'));
    await expect(journal.entries()).rejects.toMatchObject({
      code: 'DUALVIP_FAULT_JOURNAL',
      message: `${journal.file} cannot be read`,
      hint: 'Which faults cluster demo is under is not known: dualvip down demo removes it.',
    });
  });
});
