import { mkdtempDisposable, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { isDiskFull } from '../base/disk-full.ts';
import { program } from './command-line.ts';

export interface SmallDisk extends AsyncDisposable {
  path: string;
  /** Leaves no room on it. */
  fill(): Promise<void>;
}

/** A disk of so many bytes, in memory. For root, or whom sudo asks nothing, as in CI. */
export async function mountSmallDisk(bytes: number): Promise<SmallDisk> {
  const folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-disk-'));
  await asRoot('mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=1777`, 'tmpfs', folder.path);
  return {
    path: folder.path,
    async fill() {
      await using file = await open(path.join(folder.path, 'filler'), 'w');
      for (const size of [65_536, 4096, 1]) {
        const piece = Buffer.alloc(size);
        try {
          for (;;) await file.write(piece);
        } catch (error) {
          if (!isDiskFull(error)) throw error;
        }
      }
    },
    async [Symbol.asyncDispose]() {
      await asRoot('umount', folder.path);
      await folder.remove();
    },
  };
}

async function asRoot(...command: [string, ...string[]]): Promise<void> {
  const [file, ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
  const { exitCode, stderr } = await program(file ?? '', args);
  if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
}
