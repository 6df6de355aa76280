import { readFile } from 'node:fs/promises';
import path from 'node:path';

import pMap from 'p-map';

import { HarnessError, messageOf } from '../../../base/errors.ts';
import { PROJECT_ROOT } from '../../../base/folders.ts';
import type { Progress } from '../../../base/progress.ts';
import type { Docker } from '../../docker.ts';
import type { Implementation } from '../../implementations/implementation.ts';
import { contentKey, folderKey } from '../content-key.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { buildImage } from '../image-build.ts';
import { preload } from '../preload.ts';
import type { NodeImages } from '../images.ts';
import {
  BACKEND,
  canonicalName,
  KIND_NODE,
  PROBE_RUNTIME,
  publishedImage,
  pullReference,
  type PublishedImage,
} from './pins.ts';

/** The images that published mode starts from; a test fills a registry on loopback with stand-ins. */
export interface PublishedSet {
  node: PublishedImage;
  backend: PublishedImage;
  probeRuntime: PublishedImage;
  implementation: readonly PublishedImage[];
}

export interface PublishedOptions {
  docker: Docker;
  implementation: Implementation;
  registryPrefix: string | undefined;
  progress: Progress;
  signal: AbortSignal;
  set?: PublishedSet;
}

const PROBE_DOCKERFILE = path.join(import.meta.dirname, 'probe');

/**
 * Pulls kind's node image, the backend and the implementation by digest and makes a node image that has the
 * latter two in it, so that a cluster starts as one of built images does: with nothing to load.
 * @throws HarnessError `DUALVIP_PULL_FAILED`
 */
export async function publishedImages(options: PublishedOptions): Promise<NodeImages> {
  const { docker, implementation, progress, signal } = options;
  const set = options.set ?? {
    node: KIND_NODE,
    backend: BACKEND,
    probeRuntime: PROBE_RUNTIME,
    implementation: implementation.images.map((image) => publishedImage(image.reference)),
  };
  const images = [set.node, set.backend, set.probeRuntime, ...set.implementation];
  const ids = await pullAll(images, options);
  const [nodeId = '', , runtimeId = ''] = ids;
  const { name, version, mode } = implementation.ref;
  const own = implementation.furtherModules?.length ? `${version}-${mode}` : version;
  const node = `dualvip/node:${set.node.tag}-${name}-${own}-${contentKey(...ids)}`;
  const undici = await readFile(path.join(PROJECT_ROOT, 'node_modules/undici/package.json'));
  const probe = `dualvip/probe:${contentKey(nodeId, runtimeId, undici, await folderKey(PROBE_DOCKERFILE))}`;
  if (await docker.imageExists(probe, signal)) progress.note(`reused image ${probe}`);
  else await progress.step(`image ${probe}`, () => buildProbe({ docker, signal, reference: probe, set }));
  if (await docker.imageExists(node, signal)) progress.note(`reused image ${node}`);
  else {
    await progress.step(`image ${node}`, () =>
      preload({
        docker,
        signal,
        from: canonicalName(set.node),
        reference: node,
        images: [set.backend, ...set.implementation].map((image) => ({
          local: canonicalName(image),
          name: canonicalName(image),
        })),
      }),
    );
  }
  return {
    origin: 'published',
    node,
    probe,
    backend: canonicalName(set.backend),
    kubernetesVersion: set.node.tag,
  };
}

/** Gives the images' ids. The first failure ends the other pulls: in `auto` mode, building comes next. */
async function pullAll(images: readonly PublishedImage[], options: PublishedOptions): Promise<string[]> {
  const scope = new AbortController();
  const signal = AbortSignal.any([options.signal, scope.signal]);
  try {
    return await pMap(images, (image) => ensurePulled({ ...options, image, signal }), { concurrency: 3 });
  } catch (error) {
    scope.abort(error);
    throw error;
  }
}

interface PullOptions {
  docker: Docker;
  image: PublishedImage;
  registryPrefix: string | undefined;
  progress: Progress;
  signal: AbortSignal;
}

/** Pulls an image unless it is there, gives it the name that manifests use, and returns its id. */
async function ensurePulled({
  docker,
  image,
  registryPrefix,
  progress,
  signal,
}: PullOptions): Promise<string> {
  const name = canonicalName(image);
  const reference = pullReference(image, registryPrefix);
  const id = () => docker.run(['image', 'inspect', '--format', '{{.Id}}', reference], { signal });
  if (await id().catch(() => undefined)) progress.note(`reused image ${name}`);
  else {
    await progress.step(`pulling ${name}`, async (detail) => {
      try {
        await docker.run(['pull', reference], { signal, onLine: (line) => detail(line.slice(0, 60)) });
      } catch (error) {
        signal.throwIfAborted();
        throw new HarnessError(
          'DUALVIP_PULL_FAILED',
          `${reference} cannot be pulled: ${lastLine(messageOf(error))}`,
          {
            cause: error,
            hint: 'Is the registry reachable? --registry-prefix names a mirror; --images source builds without one.',
          },
        );
      }
    });
  }
  await docker.run(['tag', reference, name], { signal });
  return id();
}

interface BuildProbeOptions {
  docker: Docker;
  signal: AbortSignal;
  reference: string;
  set: PublishedSet;
}

async function buildProbe({ docker, signal, reference, set }: BuildProbeOptions): Promise<void> {
  await using context = await temporaryFolder();
  await context.copyUndici();
  await buildImage({
    docker,
    signal,
    reference,
    dockerfile: path.join(PROBE_DOCKERFILE, 'Dockerfile'),
    context: context.path,
    arguments: { NODE_IMAGE: canonicalName(set.node), RUNTIME: canonicalName(set.probeRuntime) },
    label: 'probe',
    fetches: true,
  });
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? text;
}
