import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder with shell scripts under the names of programs, to be the PATH of a test. */
export async function fakePrograms(programs: Record<string, string>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'dualvip-programs-'));
  for (const [name, script] of Object.entries(programs)) {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }
  return {
    path: folder,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true });
    },
  };
}
