import { UsageError } from '../../base/errors.ts';
import type { Progress } from '../../base/progress.ts';
import { LABEL, type Docker } from '../docker.ts';
import type { Implementation } from '../implementations/implementation.ts';
import { ownImages } from './checkout/own-images.ts';
import { publishedImages } from './published/published.ts';
import { buildSourceImages } from './source/build.ts';
import { sourceImages } from './source/image-names.ts';

export const IMAGE_MODES = ['auto', 'published', 'source'] as const;
export type ImageMode = (typeof IMAGE_MODES)[number];

/** The images of one cluster, in the engine. */
export interface NodeImages {
  origin: 'source' | 'published';
  /** The node image, with the implementation's and the backend's images in it. */
  node: string;
  probe: string;
  /** As the backend's manifests name it; it is inside the node image. */
  backend: string;
  kubernetesVersion: string;
}

export interface ProvideImagesOptions {
  mode: ImageMode;
  registryPrefix?: string | undefined;
  /** A promise, so that compiling starts while the engine is still being installed. */
  docker: Promise<Docker>;
  /** The engine was just installed, so nothing can be in it yet. */
  engineIsNew: boolean;
  implementation: Implementation;
  /** The release in whose node image a checkout's own images are put; default: the one that it is nearest to. */
  beside?: Implementation | undefined;
  /** Asks the user before programs are installed on this machine. */
  confirm: (question: string) => Promise<boolean>;
  progress: Progress;
  signal: AbortSignal;
}

/**
 * The images that a cluster needs, pulled or built, whichever the mode says. `auto` takes what was built
 * before, else pulls, else builds.
 */
export async function provideImages(options: ProvideImagesOptions): Promise<NodeImages> {
  const { mode, registryPrefix, implementation, progress, signal } = options;
  const { release } = implementation;
  if (registryPrefix && mode === 'source') {
    throw new UsageError('DUALVIP_IMAGES_CONFLICT', '--registry-prefix has no meaning with --images source', {
      hint: 'Leave one of them out.',
    });
  }
  if (release) {
    const beside = { ...options, implementation: options.beside ?? release, beside: undefined };
    return ownImages({ ...options, release: () => provideImages(beside) });
  }
  if (mode !== 'published' && !registryPrefix && !options.engineIsNew) {
    const built = await sourceImages({ docker: await options.docker, implementation, signal });
    if (built) {
      progress.note(`reused images ${built.node}, ${built.probe}`);
      return built;
    }
  }
  if (mode === 'source') return buildSourceImages(options);
  const docker = await options.docker;
  try {
    return await publishedImages({ docker, implementation, registryPrefix, progress, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (mode === 'published' || registryPrefix) throw error;
    progress.note('published images cannot be had here; building them from source');
    return buildSourceImages(options);
  }
}

export interface ImageRecord {
  reference: string;
  id: string;
  kind: string;
  size: string;
  created: string;
}

/** Every image that the harness made in the engine. */
export async function listImages(docker: Docker): Promise<ImageRecord[]> {
  const lines = await docker.lines([
    ...['image', 'ls', '--filter', `label=${LABEL.image}`],
    ...['--format', '{{.Repository}}:{{.Tag}}\t{{.ID}}\t{{.Size}}\t{{.CreatedSince}}'],
  ]);
  return lines.map((line) => {
    const [reference = '', id = '', size = '', created = ''] = line.split('\t');
    return { reference, id, size, created, kind: /^dualvip\/([^:]+)/.exec(reference)?.[1] ?? 'part' };
  });
}

/** Removes the images that the harness made and that no container uses. Gives what was removed. */
export async function pruneImages(docker: Docker): Promise<string[]> {
  const removed: string[] = [];
  // Children before parents: newest first is the order of `image ls`.
  for (const image of await listImages(docker)) {
    const name = image.reference.startsWith('<none>') ? image.id : image.reference;
    try {
      await docker.run(['image', 'rm', name]);
      removed.push(name);
    } catch {
      // In use by a cluster, or the parent of an image that is.
    }
  }
  return removed;
}
