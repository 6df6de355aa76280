import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

import { makePrivateFolder, stateFolder } from '../../base/folders.ts';

const journalSchema = z.array(z.string());

/**
 * The runs that this machine has begun in somebody's cluster, and whose objects may still be there. The next run
 * removes those and no others: another machine's run may be at work.
 */
export class RunJournal {
  readonly folder: string;

  /** `server`: the cluster's API server. */
  constructor(server: string) {
    const digest = createHash('sha256').update(server).digest('hex').slice(0, 16);
    this.folder = path.join(stateFolder(), 'existing', digest);
  }

  get #file(): string {
    return path.join(this.folder, 'runs.json');
  }

  /** To be called before anything is made. */
  async begin(run: string): Promise<void> {
    await this.#write([...(await this.begun()), run]);
  }

  /** Of which nothing is left. */
  async ended(runs: readonly string[]): Promise<void> {
    await this.#write((await this.begun()).filter((run) => !runs.includes(run)));
  }

  async begun(): Promise<string[]> {
    try {
      return journalSchema.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch {
      return [];
    }
  }

  async #write(runs: readonly string[]): Promise<void> {
    await makePrivateFolder(this.folder);
    await writeFileAtomic(this.#file, `${JSON.stringify(runs)}\n`, { mode: 0o600 });
  }
}
