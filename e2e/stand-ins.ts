import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { HarnessError } from '../base/errors.ts';
import type { Docker } from '../clusters/docker.ts';
import { buildImage } from '../clusters/images/image-build.ts';
import type { NodeImages } from '../clusters/images/images.ts';
import {
  BACKEND,
  KIND_NODE,
  PROBE_RUNTIME,
  publishedImage,
  type PublishedImage,
} from '../clusters/images/published/pins.ts';
import type { PublishedSet } from '../clusters/images/published/published.ts';
import { buildTools, goContext } from '../clusters/images/source/go-module.ts';
import { MODULES } from '../clusters/images/source/modules.ts';
import { buildPreloaded } from '../clusters/images/source/node-image.ts';
import { temporaryFolder } from '../clusters/images/temporary-folder.ts';
import type { Implementation } from '../clusters/implementations/implementation.ts';

export interface StandInOptions {
  docker: Docker;
  implementation: Implementation;
  /** Built from source: the stand-ins are made of them. */
  source: NodeImages;
  /** `127.0.0.1:PORT` */
  registry: string;
  /** Told every name before an image gets it. */
  onName: (reference: string) => void;
  signal: AbortSignal;
}

/** No tag that anybody publishes, so that nobody's image loses its name to a stand-in. */
const TAG = 'dualvip-stand-in';

/** Makes library/node of a probe's image: what the other has to bring itself is taken out. */
const NODE_ALONE = [
  'RUN rm -rf /dualvip /bin/ip /sbin/ip /usr/lib/*/libmnl.* /usr/lib/*/libbpf.* /usr/lib/*/libelf* \\',
  ' && ! command -v ip',
  'WORKDIR /',
];

/**
 * Pushes an image for each that published mode pulls, and gives them with the digests that the registry knows
 * them by. Only the implementation's own have the tags that its manifests name.
 */
export async function pushStandIns(options: StandInOptions): Promise<PublishedSet> {
  const { docker, implementation, source, signal } = options;
  const context = await goContext(signal);
  const [kubernetes, tools] = [
    await buildTools(MODULES.kubernetes, context),
    await buildTools(implementation.module, context),
  ];
  const base = await baseNode(docker, source, signal);
  const binary = (folder: string, tool: string) => (reference: string) =>
    buildPreloaded({
      docker,
      image: { reference, files: { [`/${tool}`]: path.join(folder, tool) }, entrypoint: `/${tool}` },
      reference,
      signal,
    });
  const pushed = async (image: PublishedImage, build: (reference: string) => Promise<unknown>) => ({
    ...image,
    digest: await push({ ...options, image, build }),
  });
  return {
    node: await pushed({ ...unpinned(KIND_NODE), tag: TAG }, (reference) =>
      buildFrom({ docker, from: base, instructions: [], reference, signal }),
    ),
    backend: await pushed({ ...unpinned(BACKEND), tag: TAG }, binary(kubernetes, 'agnhost')),
    probeRuntime: await pushed({ ...unpinned(PROBE_RUNTIME), tag: TAG }, (reference) =>
      buildFrom({ docker, from: source.probe, instructions: NODE_ALONE, reference, signal }),
    ),
    implementation: await Promise.all(
      implementation.images.map(({ reference, tool = '' }) =>
        pushed(unpinned(publishedImage(reference)), binary(tools, tool)),
      ),
    ),
  };
}

function unpinned({ registry, repository, tag }: PublishedImage): PublishedImage {
  return { registry, repository, tag };
}

/** The node image as it is before the implementation's images are put into it. */
async function baseNode(
  docker: Docker,
  { kubernetesVersion }: NodeImages,
  signal: AbortSignal,
): Promise<string> {
  const filter = `reference=dualvip/node-base:${kubernetesVersion}-*`;
  const format = '{{.Repository}}:{{.Tag}}';
  // Newest first.
  const names = await docker.lines(['image', 'ls', '--filter', filter, '--format', format], { signal });
  const found = names.find((name) => !name.endsWith('-packed'));
  if (found) return found;
  throw new HarnessError('DUALVIP_STAND_IN_MISSING', 'the engine has no dualvip/node-base image', {
    hint: 'Remove the node images (dualvip images prune), so that they are built anew with it.',
  });
}

interface BuildFromOptions {
  docker: Docker;
  from: string;
  instructions: readonly string[];
  reference: string;
  signal: AbortSignal;
}

/** An image of the test's own, though it may hold the same as another: it can be told from that and removed. */
async function buildFrom(options: BuildFromOptions): Promise<void> {
  const { docker, from, instructions, reference, signal } = options;
  await using context = await temporaryFolder();
  const dockerfile = path.join(context.path, 'Dockerfile');
  await writeFile(dockerfile, `${[`FROM ${from}`, ...instructions].join('\n')}\n`);
  await buildImage({
    docker,
    signal,
    reference,
    dockerfile,
    context: context.path,
    arguments: {},
    label: 'stand-in',
  });
}

interface PushOptions extends StandInOptions {
  image: PublishedImage;
  build: (reference: string) => Promise<unknown>;
}

/** Gives the digest that the registry answers with. */
async function push({ docker, registry, image, build, onName, signal }: PushOptions): Promise<string> {
  const reference = `${registry}/${image.repository}:${image.tag}`;
  onName(reference);
  await build(reference);
  const said = await docker.run(['push', reference], { signal });
  const digest = /digest: (sha256:[0-9a-f]{64})/.exec(said)?.[1];
  if (digest) return digest;
  throw new HarnessError('DUALVIP_STAND_IN_MISSING', `pushing ${reference} told no digest: ${said}`);
}
