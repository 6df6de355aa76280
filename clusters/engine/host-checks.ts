import { statfs } from 'node:fs/promises';

import { type Check, check, formatGiB } from './check.ts';
import { readIfThere, type Read } from './pid-file.ts';

/** How the checks see this machine; tests give their own. */
export interface Host {
  platform: NodeJS.Platform;
  /** Undefined for a file that cannot be read. */
  read: Read;
  /** Bytes that an ordinary user may still fill at a path; undefined where that cannot be told. */
  freeBytes: (path: string) => Promise<number | undefined>;
}

export const thisHost: Host = {
  platform: process.platform,
  read: readIfThere,
  freeBytes: async (path) => {
    try {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    } catch {
      return undefined;
    }
  },
};

/** The kernel's own IPv6: without it no bridge can carry it, whatever Docker is told. */
export async function ipv6Check({ read }: Host): Promise<Check> {
  const interfaces = await read('/proc/net/if_inet6');
  const disabled = (await read('/proc/sys/net/ipv6/conf/all/disable_ipv6'))?.trim();
  const base = { id: 'ipv6', what: 'IPv6 in the kernel', needed: 'enabled' } as const;
  if (interfaces === undefined) {
    const fix = 'Boot without ipv6.disable=1 on the kernel command line.';
    return check({ ...base, found: 'not there', status: 'fail', fix });
  }
  const off = disabled === '1';
  const fix = 'sysctl -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0';
  return check({ ...base, found: off ? 'disabled' : 'enabled', status: off ? 'fail' : 'ok', fix });
}

/**
 * kind's known issue "too many open files": every node runs systemd, containerd and a kubelet, which all watch
 * files, and the limits count for the whole machine. Three nodes fit into the kernel's defaults (128 instances);
 * more clusters at once do not, so this is no failure.
 * @see https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files
 */
export async function inotifyChecks({ read }: Host): Promise<Check[]> {
  const limits = [
    ['max_user_instances', 512],
    ['max_user_watches', 524_288],
  ] as const;
  return Promise.all(
    limits.map(async ([name, needed]) => {
      const text = (await read(`/proc/sys/fs/inotify/${name}`))?.trim();
      return check({
        id: `inotify-${name.replaceAll('_', '-')}`,
        what: `inotify ${name}`,
        found: text ?? 'unknown',
        needed: `${needed} for several clusters at once`,
        status: Number(text) >= needed ? 'ok' : 'warn',
        fix: `sysctl -w fs.inotify.${name}=${needed}`,
      });
    }),
  );
}

const DISK = { fail: 5 * 2 ** 30, ok: 10 * 2 ** 30 };

/** @param dataRoot the engine's folder, on this machine. */
export async function diskCheck(dataRoot: string, { freeBytes }: Host): Promise<Check> {
  const free = await freeBytes(dataRoot);
  return check({
    id: 'disk',
    what: `free disk at ${dataRoot}`,
    found: free === undefined ? 'unknown' : formatGiB(free),
    needed: formatGiB(DISK.ok),
    status: free === undefined ? 'warn' : free >= DISK.ok ? 'ok' : free >= DISK.fail ? 'warn' : 'fail',
    fix: 'Free some: "docker system prune" removes stopped containers, unused networks and dangling images.',
  });
}
