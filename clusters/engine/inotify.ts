import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * What kind recommends ("too many open files" among its known issues): each node's systemd, containerd and
 * kubelet hold instances, and with the kernel's default of 128 the fourth or fifth node does not come up.
 */
const LIMITS = { max_user_instances: 1024, max_user_watches: 524_288 };

/**
 * Raises the limits where they are lower, until the next boot. Only for a machine whose engine is the harness's
 * own: others are told by `dualvip doctor`. A machine that does not allow it is left as it is.
 */
export async function raiseInotifyLimits(folder = '/proc/sys/fs/inotify'): Promise<string[]> {
  const raised: string[] = [];
  for (const [name, limit] of Object.entries(LIMITS)) {
    const file = path.join(folder, name);
    try {
      if (Number(await readFile(file, 'utf8')) >= limit) continue;
      await writeFile(file, `${limit}\n`);
      raised.push(name);
    } catch {
      // Read-only /proc, or not Linux.
    }
  }
  return raised;
}
