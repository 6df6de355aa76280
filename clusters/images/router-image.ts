import { exclusively } from '../../base/exclusive.ts';
import { cacheFolder } from '../../base/folders.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import type { Progress } from '../../base/progress.ts';
import type { Docker } from '../docker.ts';
import type { NodeImages } from './images.ts';
import { ensureBuildPrograms } from './source/debian.ts';
import { buildFrrImage, frrImageName } from './source/frr-image.ts';

/** As MetalLB 0.16.1's manifests name it. */
const PUBLISHED = 'quay.io/frrouting/frr:10.5.3';

export interface RouterImageOptions {
  docker: Docker;
  /** Where the cluster's own images are from. */
  origin: NodeImages['origin'];
  progress: Progress;
  signal: AbortSignal;
}

/**
 * FRR's image, for the router that scenarios with BGP put beside the nodes: pulled or built as the cluster's images
 * were, and only for a run that has such scenarios.
 * @throws HarnessError `DUALVIP_PULL_FAILED`, `DUALVIP_BUILD_UNSUPPORTED`
 */
export async function provideRouterImage(options: RouterImageOptions): Promise<string> {
  const { docker, origin, progress, signal } = options;
  if (origin === 'published') return pulled(options);
  const built = await frrImageName();
  if (await docker.imageExists(built, signal)) return built;
  return exclusively(
    {
      folder: cacheFolder(),
      onWait: () => progress.note('another run builds images: waiting for it'),
      signal,
    },
    async (stop) => {
      // The node image was built on this machine, so what that takes is mostly there.
      await ensureBuildPrograms(() => Promise.resolve(false), stop);
      return buildFrrImage({ docker, progress, signal: stop });
    },
  );
}

async function pulled({ docker, progress, signal }: RouterImageOptions): Promise<string> {
  if (await docker.imageExists(PUBLISHED, signal)) return PUBLISHED;
  await progress.step(`pulling ${PUBLISHED}`, async () => {
    try {
      await docker.run(['pull', PUBLISHED], { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw new HarnessError('DUALVIP_PULL_FAILED', `${PUBLISHED} cannot be pulled: ${messageOf(error)}`, {
        cause: error,
        hint: `Scenarios with BGP take a router of it. Bring it under that name, or leave them out by -t.`,
      });
    }
  });
  return PUBLISHED;
}
