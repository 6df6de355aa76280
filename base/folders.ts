import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/** The root of the checkout, where scenarios/ and clusters/ are. */
export const PROJECT_ROOT = path.resolve(import.meta.dirname, '..');

// An empty variable is as good as none (XDG Base Directory Specification).

/** Content-keyed artifacts that any run may reuse: `DUALVIP_CACHE_DIR`, else the XDG cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return (
    environment['DUALVIP_CACHE_DIR'] ||
    path.join(environment['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'dualvip')
  );
}

/** What lives now (clusters, kubeconfigs, the engine's log): `DUALVIP_STATE_DIR`, else the XDG state folder. */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return (
    environment['DUALVIP_STATE_DIR'] ||
    path.join(environment['XDG_STATE_HOME'] || path.join(homedir(), '.local', 'state'), 'dualvip')
  );
}

/** Makes a folder that only the user can read, with its parents. */
export async function makePrivateFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
