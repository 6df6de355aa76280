import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const BYTES = 65_536;

/** Room on the disk that a run keeps for its last word, should there be no other. */
export class Reserve implements AsyncDisposable {
  readonly #file: string;

  constructor(run: string) {
    this.#file = path.join(run, 'reserve');
  }

  async take(): Promise<void> {
    // Zeros alone would be a hole on some disks.
    await writeFile(this.#file, Buffer.alloc(BYTES, 'reserve '));
  }

  async give(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.give();
  }
}
