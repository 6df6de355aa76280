import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { HarnessError } from '../../base/errors.ts';
import { type AptGet, aptInstall, INSTALL, refuseOtherChanges, simulatedChanges } from './apt.ts';

/**
 * All that may come from the other release. runc must not: that of Debian 13 needs Debian 13's libc, while these
 * are content with that of Debian 12 (`Depends: libc6 (>= 2.34)`).
 */
export const FROM_OTHER_RELEASE = ['docker.io', 'containerd', 'docker-cli'] as const;
export type OtherPackage = (typeof FROM_OTHER_RELEASE)[number];

export interface ScopedSource {
  /** Of the release that the packages come from: `trixie`. */
  codename: string;
  mirror: string;
  /** Sources, lists and preferences go here; those of the machine stay as they are. */
  folder: string;
}

export function sourceStanza({ mirror, codename }: ScopedSource): string {
  return `Types: deb
URIs: ${mirror}
Suites: ${codename}
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;
}

/** By apt_preferences(5): a negative priority keeps a version from ever being installed. */
export function preferences(codename: string): string {
  return `Package: *
Pin: release n=${codename}
Pin-Priority: -1

Package: ${FROM_OTHER_RELEASE.join(' ')}
Pin: release n=${codename}
Pin-Priority: 990
`;
}

/**
 * Options that let one apt-get see the scoped source and what is installed, and nothing else. The
 * dependencies must be there already, so that none is looked for in the other release.
 */
export function scopedOptions(folder: string): string[] {
  return Object.entries({
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': path.join(folder, 'sources'),
    'Dir::Etc::preferences': path.join(folder, 'preferences'),
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State::lists': path.join(folder, 'lists'),
    // The machine's own binary caches hold its own sources; leave them be.
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    // Neither translations nor AppStream data, which are most of the download.
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

export interface ScopedInstallOptions {
  source: ScopedSource;
  packages: readonly OtherPackage[];
  aptGet: AptGet;
}

/**
 * Installs packages of another Debian release, and those only.
 * @throws HarnessError `DUALVIP_ENGINE_APT_UNSAFE` before anything is changed, `DUALVIP_ENGINE_APT`.
 */
export async function installScoped({ source, packages, aptGet }: ScopedInstallOptions): Promise<void> {
  const { folder, codename } = source;
  await mkdir(path.join(folder, 'sources'), { recursive: true });
  await mkdir(path.join(folder, 'lists', 'partial'), { recursive: true });
  await writeFile(path.join(folder, 'sources', `${codename}.sources`), sourceStanza(source));
  await writeFile(path.join(folder, 'preferences'), preferences(codename));
  const options = scopedOptions(folder);
  const named = packages.map((name) => `${name}/${codename}`);
  await aptGet([...options, 'update']);
  const simulation = await aptGet([...options, ...INSTALL, '--simulate', ...named]);
  refuseOtherChanges(simulatedChanges(simulation), packages);
  await aptInstall(aptGet, [...options, ...named]);
}

/** @throws HarnessError `DUALVIP_ENGINE_NO_MIRROR` */
export function requireMirror(mirror: string | undefined, codename: string): string {
  if (mirror !== undefined) return mirror;
  throw new HarnessError(
    'DUALVIP_ENGINE_NO_MIRROR',
    `apt's sources on this machine name no archive with the suite ${codename}`,
    { hint: 'Install a Docker engine of version 24 or later by hand.' },
  );
}
