import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** PATH with the sbin folders, which a user's PATH often lacks; dockerd looks for iptables on it. */
export function systemPath(environment: NodeJS.ProcessEnv = process.env): string {
  return [environment['PATH'], '/usr/local/sbin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
    .filter(Boolean)
    .join(':');
}

/** Absolute path of an installed program, or undefined. */
export async function findProgram(
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  for (const folder of systemPath(environment).split(':')) {
    const file = path.join(folder, name);
    if (await isReachable(file, constants.X_OK)) return file;
  }
  return undefined;
}

/** Whether systemd manages this machine, by the test of sd_booted(3). */
export function systemdRuns(): Promise<boolean> {
  return isReachable('/run/systemd/system', constants.F_OK);
}

async function isReachable(file: string, mode: number): Promise<boolean> {
  try {
    await access(file, mode);
    return true;
  } catch {
    return false;
  }
}
