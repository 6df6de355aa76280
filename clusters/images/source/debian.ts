import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { run, succeeds, type CommandOptions } from '../../../base/command.ts';
import { HarnessError } from '../../../base/errors.ts';
import { cacheFolder } from '../../../base/folders.ts';
import type { Docker } from '../../docker.ts';
import { LABEL } from '../../docker.ts';
import { contentKey } from '../content-key.ts';
import { partialOf } from './partial.ts';

/** A Debian file system, as debootstrap and then apt make it. */
export interface DebianRecipe {
  suite: string;
  /** Installed by debootstrap, which knows no alternatives: the first of each is taken. */
  packages: readonly string[];
  /** Installed by apt after it, which knows them. */
  later?: readonly string[];
}

export const NODE_SYSTEM: DebianRecipe = {
  // trixie's systemd refuses cgroup v1, which machines without a new engine still have.
  suite: 'bookworm',
  // What kind's own base image installs, less what no scenario uses (nfs, iscsi, fuse), plus Node's two shared
  // libraries and tcpdump: the probe's image stands on the same file system.
  packages: [
    ...['systemd', 'dbus', 'conntrack', 'iptables', 'nftables', 'iproute2', 'ethtool', 'util-linux', 'mount'],
    ...['kmod', 'libseccomp2', 'pigz', 'ca-certificates', 'curl', 'jq', 'procps', 'runc', 'busybox-static'],
    ...['libatomic1', 'libstdc++6', 'tcpdump'],
  ],
};

/** Programs that a build needs on this machine, and the Debian packages that bring them. */
const BUILD_PROGRAMS = [
  { program: 'debootstrap', packages: ['debootstrap'] },
  { program: 'gcc', packages: ['gcc', 'libc6-dev'] },
];

/**
 * Installs what the build needs and this machine lacks.
 * @throws HarnessError `DUALVIP_BUILD_UNSUPPORTED` where that is not possible.
 */
export async function ensureBuildPrograms(
  confirm: (question: string) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new HarnessError(
      'DUALVIP_BUILD_UNSUPPORTED',
      'building a node image from source needs root on Linux',
      {
        hint: 'Use published images instead: --images published (with --registry-prefix for a mirror).',
      },
    );
  }
  const missing: string[] = [];
  for (const { program, packages } of BUILD_PROGRAMS) {
    if (!(await succeeds('sh', ['-c', `command -v ${program}`], { signal }))) missing.push(...packages);
  }
  if (missing.length === 0) return;
  if (!(await succeeds('sh', ['-c', 'command -v apt-get'], { signal }))) {
    throw new HarnessError('DUALVIP_BUILD_UNSUPPORTED', `building a node image needs ${missing.join(', ')}`, {
      hint: 'Install them with your package manager, or use --images published.',
    });
  }
  if (!(await confirm(`Install ${missing.join(', ')} with apt-get, to build the node image?`))) {
    throw new HarnessError('DUALVIP_BUILD_UNSUPPORTED', `building a node image needs ${missing.join(', ')}`, {
      hint: 'Say --yes to have them installed, or use --images published.',
    });
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Where the machine's own lists are there, an update is a needless minute on a slow line.
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  const install = ['install', '--yes', '--no-install-recommends', ...wait, ...missing];
  if (!(await succeeds('apt-get', install, { signal, env }))) {
    await run('apt-get', ['update', ...wait], { signal, env });
    await run('apt-get', install, { signal, env });
  }
}

/**
 * A Debian file system, as `dualvip/rootfs:<key>`: that under the node image and the probe's image, or FRR's.
 * The archive is kept in the cache, so that a new engine gets it in seconds.
 */
export async function rootfsArchive(
  recipe: DebianRecipe,
  signal: AbortSignal,
  detail: (text: string) => void,
): Promise<RootfsArchive> {
  const { suite, packages, later = [] } = recipe;
  const key = rootfsKey(recipe);
  const archive = path.join(cacheFolder(), 'rootfs', `${suite}-${key}.tar`);
  if (await succeeds('test', ['-s', archive], { signal })) {
    detail('cached');
    return { key, archive };
  }
  const work = partialOf(archive);
  const root = path.join(work, 'root');
  const onLine = (line: string) => detail(line.replace(/^I: /, '').slice(0, 60));
  await mkdir(work, { recursive: true });
  try {
    const include = packages.length > 0 ? [`--include=${packages.join(',')}`] : [];
    await run('debootstrap', ['--variant=minbase', ...include, suite, root, ...(await mirror())], {
      signal,
      onLine,
    });
    if (later.length > 0) await installLater(root, later, { signal, onLine });
    await rm(`${root}/var/cache/apt`, { recursive: true, force: true });
    await rm(`${root}/var/lib/apt/lists`, { recursive: true, force: true });
    await run(
      'tar',
      ['--create', '--numeric-owner', '--file', `${work}/rootfs.tar`, '--directory', root, '.'],
      { signal },
    );
    await rename(`${work}/rootfs.tar`, archive);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return { key, archive };
}

/** debootstrap has left its mirror and the machine's resolver in the file system. */
async function installLater(
  root: string,
  packages: readonly string[],
  options: Pick<CommandOptions, 'signal' | 'onLine'>,
): Promise<void> {
  const apt = (...args: string[]) =>
    run('chroot', [root, 'apt-get', ...args], {
      ...options,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  await apt('update');
  await apt('install', '--yes', '--no-install-recommends', ...packages);
}

/** The key of a file system's recipe; the packages' versions are what the mirror has on the day it is made. */
export function rootfsKey({ suite, packages, later }: DebianRecipe): string {
  return contentKey(suite, packages.join(','), process.arch, 'v1', ...(later ? [later.join(',')] : []));
}

export interface RootfsArchive {
  key: string;
  archive: string;
}

/** Imports the archive into the engine, once, and gives its reference. */
export async function importRootfs(
  docker: Docker,
  rootfs: RootfsArchive,
  signal: AbortSignal,
): Promise<string> {
  const reference = `dualvip/rootfs:${rootfs.key}`;
  if (!(await docker.imageExists(reference, signal))) {
    await docker.run(['import', '--change', `LABEL ${LABEL.image}=rootfs`, rootfs.archive, reference], {
      signal,
    });
  }
  return reference;
}

/** The machine's own mirror, so that no address of one is written down here; none means debootstrap's default. */
async function mirror(): Promise<string[]> {
  for (const file of ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list']) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const found = /^(?:URIs:|deb)\s+(?:\[[^\]]*\]\s+)?(https?:\S+\/debian)\/?(?:\s|$)/m.exec(text)?.[1];
    if (found) return [found];
  }
  return [];
}
