import path from 'node:path';

import type { Progress } from '../../../base/progress.ts';
import type { Docker } from '../../docker.ts';
import { contentKey, folderKey } from '../content-key.ts';
import { buildImage } from '../image-build.ts';
import { importRootfs, rootfsArchive, rootfsKey, type DebianRecipe, type RootfsArchive } from './debian.ts';

/** trixie's FRR is nearest to the one that MetalLB's manifests name; no systemd runs here, so its own is no matter. */
export const FRR_SYSTEM: DebianRecipe = {
  suite: 'trixie',
  packages: [],
  // The last stands in for the whole of systemd, which frr's cron would bring.
  later: ['frr', 'frr-pythontools', 'tini', 'iproute2', 'systemd-standalone-sysusers'],
};

const RECIPE = path.join(import.meta.dirname, '..', 'frr');

/** Under which it is in the engine. */
export async function frrImageName(): Promise<string> {
  return `dualvip/frr:${contentKey(rootfsKey(FRR_SYSTEM), await folderKey(RECIPE))}`;
}

export interface FrrImageOptions {
  docker: Docker;
  progress: Progress;
  signal: AbortSignal;
}

/** The archive of the file system under it, which takes no engine. */
export function frrArchive({ progress, signal }: Omit<FrrImageOptions, 'docker'>): Promise<RootfsArchive> {
  return progress.step('Debian file system with FRR', (detail) => rootfsArchive(FRR_SYSTEM, signal, detail));
}

/** Builds FRR's image, unless it is there, and gives its name. */
export async function buildFrrImage(options: FrrImageOptions): Promise<string> {
  const { docker, progress, signal } = options;
  const reference = await frrImageName();
  if (await docker.imageExists(reference, signal)) return reference;
  const archive = await frrArchive(options);
  await progress.step(`image ${reference}`, async () => {
    const rootfs = await importRootfs(docker, archive, signal);
    await buildImage({
      docker,
      signal,
      reference,
      dockerfile: path.join(RECIPE, 'Dockerfile'),
      context: RECIPE,
      arguments: { ROOTFS: rootfs },
      label: 'frr',
    });
    // A quarter of a gigabyte that nothing else stands on; the archive brings it back in seconds.
    await docker.run(['image', 'rm', rootfs]).catch(() => {});
  });
  return reference;
}
