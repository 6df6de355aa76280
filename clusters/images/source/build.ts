import path from 'node:path';

import { exclusively } from '../../../base/exclusive.ts';
import { cacheFolder } from '../../../base/folders.ts';
import type { Progress } from '../../../base/progress.ts';
import { together } from '../../../base/together.ts';
import type { Docker } from '../../docker.ts';
import type { Implementation } from '../../implementations/implementation.ts';
import type { NodeImages } from '../images.ts';
import { compileAll } from './compile.ts';
import { ensureBuildPrograms, importRootfs, NODE_SYSTEM, rootfsArchive } from './debian.ts';
import { buildFrrImage, frrArchive } from './frr-image.ts';
import { goContext } from './go-module.ts';
import { builtImages, imageNames } from './image-names.ts';
import { buildNode } from './node-build.ts';
import { removeStalePartials } from './partial.ts';
import { buildProbeImage } from './probe-image.ts';

export interface SourceBuildOptions {
  /** A promise, so that compiling starts while the engine is still being installed. */
  docker: Promise<Docker>;
  implementation: Implementation;
  /** Asks the user before programs are installed on this machine. */
  confirm: (question: string) => Promise<boolean>;
  progress: Progress;
  signal: AbortSignal;
}

/**
 * Builds everything that a cluster needs from pinned Go modules and Debian packages, reusing what has been
 * built before. Compiling is serial (one `go build` fills the cores); downloads, the Debian file system and
 * the engine's installation run beside it. A killed build goes on where it was.
 */
export function buildSourceImages(options: SourceBuildOptions): Promise<NodeImages> {
  return exclusively(
    {
      folder: cacheFolder(),
      onWait: () => options.progress.note('another run builds images: waiting for it'),
      signal: options.signal,
    },
    (signal) => build({ ...options, signal }),
  );
}

async function build(options: SourceBuildOptions): Promise<NodeImages> {
  const { implementation, progress, signal } = options;
  const context = await goContext(signal);
  const folders = ['bin', 'rootfs'].map((name) => path.join(cacheFolder(), name));
  await Promise.all(folders.map(removeStalePartials));
  const names = await imageNames(implementation, context);

  const [docker, rootfs, programs] = await together(signal, (scope) => [
    options.docker,
    ensureBuildPrograms(options.confirm, scope).then(async () => {
      const archive = await progress.step('Debian file system', (detail) =>
        rootfsArchive(NODE_SYSTEM, scope, detail),
      );
      if (names.frr !== undefined) await frrArchive({ progress, signal: scope });
      return archive;
    }),
    compileAll(implementation, progress, { ...context, signal: scope }),
  ]);

  const { base, node, probe } = names;
  const [hasNode, hasProbe] = await Promise.all(
    [node, probe].map((image) => docker.imageExists(image, signal)),
  );
  const rootfsImage = await progress.step('Debian file system into the engine', () =>
    importRootfs(docker, rootfs, signal),
  );
  if (!hasProbe) {
    await progress.step(`image ${probe}`, () =>
      buildProbeImage({ docker, signal, reference: probe, rootfs: rootfsImage }),
    );
  }
  if (names.frr !== undefined) await buildFrrImage({ docker, progress, signal });
  if (!hasNode) {
    await buildNode({
      docker,
      signal,
      progress,
      context,
      folders: programs,
      rootfsImage,
      base,
      node,
      frr: names.frr,
      implementation,
    });
  }
  return builtImages(names);
}
