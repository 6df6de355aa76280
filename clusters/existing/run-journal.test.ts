import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { RunJournal } from './run-journal.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('RunJournal', () => {
  it('has the runs that were begun and not ended, of each cluster by itself', async () => {
    await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-journal-'));
    vi.stubEnv('DUALVIP_STATE_DIR', folder.path);
    const journal = new RunJournal('https://10.0.0.1:6443');
    expect(await journal.begun()).toEqual([]);
    await journal.begin('one');
    await journal.begin('two');
    await journal.ended(['one']);
    expect(await new RunJournal('https://10.0.0.1:6443').begun()).toEqual(['two']);
    expect(await new RunJournal('https://10.0.0.2:6443').begun()).toEqual([]);
  });
});
