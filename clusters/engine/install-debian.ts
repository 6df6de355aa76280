import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { HarnessError } from '../../base/errors.ts';
import type { Progress } from '../../base/progress.ts';
import { type AptGet, aptGet, aptInstall } from './apt.ts';
import { type AptSource, mirrorOf, parseAptSources } from './apt-sources.ts';
import type { EngineFiles } from './engine-files.ts';
import type { OsRelease } from './os-release.ts';
import { readIfThere } from './pid-file.ts';
import { installScoped, type OtherPackage, requireMirror } from './scoped-source.ts';
import { findProgram } from './system-program.ts';

/** The release whose engine also installs on the one before it, by VERSION_ID. Seen to work: 13's on 12. */
const NEWER_ENGINE_FROM: Readonly<Record<string, string>> = { '12': 'trixie' };

type Detail = (text: string) => void;

/** What the installation does to the machine. */
export interface DebianSteps {
  installOwn: (packages: readonly string[], detail: Detail) => Promise<void>;
  installFrom: (codename: string, packages: readonly OtherPackage[], detail: Detail) => Promise<void>;
  hasClient: () => Promise<boolean>;
  start: () => Promise<void>;
  stop: () => Promise<void>;
  /** The engine's words when a `--privileged` container does not start. */
  privilegedComplaint: () => Promise<string | undefined>;
}

export interface InstallOptions {
  release: OsRelease;
  steps: DebianSteps;
  progress: Progress;
}

/**
 * Installs and starts the release's own docker.io, and goes further only where that cannot start a
 * `--privileged` container. May be interrupted and called again: each step finds its work done.
 * @throws HarnessError `DUALVIP_ENGINE_PRIVILEGED`, and as the steps do.
 */
export async function installOnDebian({ release, steps, progress }: InstallOptions): Promise<void> {
  const newer = NEWER_ENGINE_FROM[release.versionId];
  // Since Debian 13 the client is a package of its own, which docker.io only recommends. On a release before it,
  // it can be missing only because the newer docker.io came and this process was interrupted.
  const installClient = async (detail: Detail) => {
    if (await steps.hasClient()) return;
    await (newer
      ? steps.installFrom(newer, ['docker-cli'], detail)
      : steps.installOwn(['docker-cli'], detail));
  };
  await progress.step(`installing docker.io of ${release.name}`, async (detail) => {
    // Its own dependencies come from the release too, so that a newer docker.io finds them there.
    await steps.installOwn(['docker.io'], detail);
    await installClient(detail);
  });
  const complaint = await startAndTry(steps, progress);
  if (complaint === undefined) return;

  if (newer === undefined) throw privilegedError(complaint, release.name);
  progress.note(`this docker.io cannot start a privileged container here: taking that of ${newer}`);
  await progress.step(`installing docker.io of ${newer}`, async (detail) => {
    await steps.stop();
    await steps.installFrom(newer, ['docker.io', 'containerd'], detail);
    await installClient(detail);
  });
  const second = await startAndTry(steps, progress);
  if (second !== undefined) throw privilegedError(second, newer);
}

function startAndTry(steps: DebianSteps, progress: Progress): Promise<string | undefined> {
  return progress.step('starting dockerd', async (detail) => {
    await steps.start();
    detail('trying a privileged container');
    return steps.privilegedComplaint();
  });
}

function privilegedError(complaint: string, origin: string): HarnessError {
  return new HarnessError(
    'DUALVIP_ENGINE_PRIVILEGED',
    `the docker.io of ${origin} cannot start a privileged container here: ${complaint}`,
    { hint: "kind's nodes are privileged containers: run on a machine or VM that lets root start them." },
  );
}

export interface DebianPackagesOptions {
  release: OsRelease;
  files: EngineFiles;
  signal?: AbortSignal | undefined;
}

/** The steps that are apt-get's. */
export function debianPackages(
  options: DebianPackagesOptions,
): Pick<DebianSteps, 'installOwn' | 'installFrom' | 'hasClient'> {
  const { release, files, signal } = options;
  const apt = (detail: Detail) => aptGet({ log: files.aptLog, detail, signal });
  return {
    installOwn: (packages, detail) => installOwn(apt(detail), packages),
    installFrom: async (codename, packages, detail) => {
      const mirror = requireMirror(mirrorOf(release.codename, await readAptSources()), release.codename);
      await installScoped({
        source: { codename, mirror, folder: path.join(files.aptFolder, codename) },
        packages,
        aptGet: apt(detail),
      });
    },
    hasClient: async () => (await findProgram('docker')) !== undefined,
  };
}

/** Package lists may be missing or name versions that the mirror no longer has: then they are fetched first. */
export async function installOwn(apt: AptGet, packages: readonly string[]): Promise<void> {
  try {
    await aptInstall(apt, packages);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    await apt(['update']);
    await aptInstall(apt, packages);
  }
}

/** What apt reads on this machine, in its order: sources.list, then the parts by name. */
export async function readAptSources(folder = '/etc/apt'): Promise<AptSource[]> {
  const parts = path.join(folder, 'sources.list.d');
  const names = (await readdir(parts).catch(() => []))
    .filter((name) => /\.(list|sources)$/.test(name))
    .sort();
  const files = [path.join(folder, 'sources.list'), ...names.map((name) => path.join(parts, name))];
  const texts = await Promise.all(files.map(async (file) => (await readIfThere(file)) ?? ''));
  return files.flatMap((file, index) => parseAptSources(file, texts[index] ?? ''));
}
