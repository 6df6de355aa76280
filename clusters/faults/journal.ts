import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

import { HarnessError } from '../../base/errors.ts';
import { makePrivateFolder } from '../../base/folders.ts';
import { clusterFolder } from '../cluster-state.ts';
import { placedFaultSchema } from './fault.ts';

const entrySchema = z.object({
  /** Of the fault in its run: `<scenario>/<step>`. */
  id: z.string(),
  run: z.string(),
  /** The time of day, for people. */
  at: z.iso.datetime(),
  fault: placedFaultSchema,
});
export type JournalEntry = z.infer<typeof entrySchema>;

const journalSchema = z.array(entrySchema);

/**
 * The faults of a cluster that are not known to be healed, oldest first, in its state folder. An entry is on disk
 * before its fault is made, so that whatever becomes of the process, the next one finds it. One process writes at
 * a time: the one that has the cluster's lock.
 */
export class FaultJournal {
  readonly #cluster: string;
  readonly file: string;

  constructor(cluster: string) {
    this.#cluster = cluster;
    this.file = path.join(clusterFolder(cluster), 'faults.json');
  }

  /** @throws HarnessError `DUALVIP_FAULT_JOURNAL` where it cannot be read */
  async entries(): Promise<JournalEntry[]> {
    try {
      return journalSchema.parse(JSON.parse(await readFile(this.file, 'utf8')));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw new HarnessError('DUALVIP_FAULT_JOURNAL', `${this.file} cannot be read`, {
        cause: error,
        hint: `Which faults cluster ${this.#cluster} is under is not known: dualvip down ${this.#cluster} removes it.`,
      });
    }
  }

  async add(entry: JournalEntry): Promise<void> {
    const others = (await this.entries()).filter(({ id }) => id !== entry.id);
    await this.#write([...others, entry]);
  }

  async remove(id: string): Promise<void> {
    const left = (await this.entries()).filter((entry) => entry.id !== id);
    if (left.length > 0) await this.#write(left);
    else await rm(this.file, { force: true });
  }

  async #write(entries: readonly JournalEntry[]): Promise<void> {
    await makePrivateFolder(path.dirname(this.file));
    await writeFileAtomic(this.file, `${JSON.stringify(entries, null, 2)}\n`, { mode: 0o600 });
  }
}
