import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { PROJECT_ROOT } from '../../base/folders.ts';

/** A folder for a build's context, gone when its scope ends. */
export async function temporaryFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'dualvip-image-'));
  return {
    path: folder,
    /** What the probe's agent imports. */
    async copyUndici() {
      await mkdir(path.join(folder, 'node_modules'));
      await cp(path.join(PROJECT_ROOT, 'node_modules/undici'), path.join(folder, 'node_modules/undici'), {
        recursive: true,
      });
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
