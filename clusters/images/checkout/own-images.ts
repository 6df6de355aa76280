import path from 'node:path';

import { exclusively } from '../../../base/exclusive.ts';
import { HarnessError } from '../../../base/errors.ts';
import { cacheFolder } from '../../../base/folders.ts';
import type { Progress } from '../../../base/progress.ts';
import type { Docker } from '../../docker.ts';
import type { Implementation } from '../../implementations/implementation.ts';
import { contentKey } from '../content-key.ts';
import type { NodeImages } from '../images.ts';
import { provideRouterImage } from '../router-image.ts';
import { keepNewest } from './keep-newest.ts';
import { firstGoLines } from '../source/go-failure.ts';
import { buildTools, goContext, moduleKey, type GoContext, type GoModule } from '../source/go-module.ts';
import { standsOnFrr } from '../source/image-names.ts';
import { modulesOf } from '../source/modules.ts';
import { addImplementation } from '../source/node-build.ts';

/** About 80 MB each. */
const PROGRAMS_KEPT = 5;

export interface OwnImagesOptions {
  docker: Promise<Docker>;
  /** What is built from a checkout. */
  implementation: Implementation;
  /** The images of a release, in whose node image it is put. */
  release: () => Promise<NodeImages>;
  progress: Progress;
  signal: AbortSignal;
}

/**
 * A release's node image, pulled or built, with the images of a checkout in it beside the release's own: they have
 * tags of their own, so either can be installed in a cluster of it. What does not compile is told before anything
 * else is made.
 * @throws HarnessError `DUALVIP_CHECKOUT_BROKEN`
 */
export async function ownImages(options: OwnImagesOptions): Promise<NodeImages> {
  const { implementation, progress, signal } = options;
  const context = await goContext(signal);
  const folders = await compile(options, context);
  const release = await options.release();
  const docker = await options.docker;
  const modules = modulesOf(implementation);
  const keys = await Promise.all(modules.map((module) => moduleKey(module, context)));
  const names = implementation.images.map(({ reference }) => reference);
  const { name, mode } = implementation.ref;
  const key = contentKey(release.node, ...keys, JSON.stringify([mode, names]));
  const node = `dualvip/node:${release.kubernetesVersion}-${name}-own-${key}`;
  if (await docker.imageExists(node, signal)) progress.note(`reused image ${node}`);
  else {
    const frr = standsOnFrr(implementation)
      ? await provideRouterImage({ docker, origin: release.origin, progress, signal })
      : undefined;
    const made = { docker, signal, context, implementation, folders, frr, from: release.node, node };
    await progress.step(`image ${node}`, () => addImplementation(made));
  }
  return { ...release, node };
}

async function compile(
  { implementation, progress, signal }: OwnImagesOptions,
  context: GoContext,
): Promise<Record<string, string>> {
  const onWait = () => progress.note('another run builds images: waiting for it');
  return exclusively({ folder: cacheFolder(), onWait, signal }, async (stop) => {
    const folders: Record<string, string> = {};
    for (const module of modulesOf(implementation)) {
      folders[module.name] = await progress.step(`compiling ${titleOf(module)}`, (detail) =>
        buildTools(module, { ...context, signal: stop }, detail).catch((cause: unknown) => {
          stop.throwIfAborted();
          throw module.checkout ? broken(module, cause) : cause;
        }),
      );
    }
    // Those of older builds are in their node images, and come out of Go's own cache again.
    const prefix = `${implementation.ref.name}-own-`;
    await keepNewest(path.join(cacheFolder(), 'bin'), PROGRAMS_KEPT, (one) => one.startsWith(prefix));
    return folders;
  });
}

function titleOf({ name, checkout }: GoModule): string {
  return checkout ? `the checkout, ${checkout.version}` : name;
}

function broken({ checkout }: GoModule, cause: unknown): HarnessError {
  return new HarnessError(
    'DUALVIP_CHECKOUT_BROKEN',
    `the checkout (${checkout?.version}) does not compile:\n${firstGoLines(cause)}`,
    { cause, hint: `\`go build ${checkout?.packages.join(' ')}\` there says the rest.` },
  );
}
