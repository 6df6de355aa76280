import path from 'node:path';

import { run } from '../../../base/command.ts';
import type { Progress } from '../../../base/progress.ts';
import type { Docker } from '../../docker.ts';
import type { ImageFile, Implementation, ImplementationImage } from '../../implementations/implementation.ts';
import { preload, type PreloadOptions } from '../preload.ts';
import type { Folders } from './compile.ts';
import { moduleFolder, upstreamVersion, type GoContext } from './go-module.ts';
import { BACKEND_IMAGE } from './image-names.ts';
import { MODULES } from './modules.ts';
import {
  buildBaseNode,
  buildNetworkTools,
  buildPreloaded,
  NETWORK_TOOLS_IMAGE,
  type PreloadedImage,
} from './node-image.ts';
import { pauseBinary } from './pause.ts';

export interface BuildNodeOptions {
  docker: Docker;
  signal: AbortSignal;
  progress: Progress;
  context: GoContext;
  folders: Folders;
  rootfsImage: string;
  base: string;
  node: string;
  /** FRR's image in the engine, where images of the implementation stand on it. */
  frr: string | undefined;
  implementation: Implementation;
}

/** Builds the node image: the base with the control plane in it, and on that the implementation's images. */
export async function buildNode(options: BuildNodeOptions): Promise<void> {
  const { docker, signal, progress, context, folders, rootfsImage, base, node } = options;
  const version = await upstreamVersion(MODULES.kubernetes);
  if (!(await docker.imageExists(base, signal))) {
    await progress.step(`image ${base}`, async (detail) => {
      const names = await controlPlaneImages(folders.kubernetes, version, signal);
      const pause = imageNamed(names, 'pause');
      detail('pause');
      // pause is C, in Kubernetes' own module.
      const source = path.join(await moduleFolder(MODULES.kubernetes, context), 'build/pause/linux/pause.c');
      const pauseProgram = await pauseBinary(source, signal);
      const packed = `${base}-packed`;
      detail('node without images');
      await buildBaseNode({
        docker,
        signal,
        reference: packed,
        rootfs: rootfsImage,
        kindFiles: path.join(await moduleFolder(MODULES.kind, context), 'images/base/files'),
        kubernetesVersion: version,
        pauseImage: pause,
        binaries: nodeBinaries(folders),
      });
      detail('programs of kube-proxy and CNI');
      await buildNetworkTools(docker, rootfsImage, signal);
      detail('control plane images');
      const control = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => ({
        reference: imageNamed(names, name),
        files: { [`/usr/local/bin/${name}`]: path.join(folders.kubernetes, name) },
      }));
      await preloadBuilt({
        docker,
        signal,
        from: packed,
        reference: base,
        present: [{ local: NETWORK_TOOLS_IMAGE, name: NETWORK_TOOLS_IMAGE }],
        images: [
          ...control,
          {
            reference: imageNamed(names, 'etcd'),
            files: { '/usr/local/bin/etcd': path.join(folders.etcd, 'server') },
          },
          {
            reference: imageNamed(names, 'kube-proxy'),
            files: { '/usr/local/bin/kube-proxy': path.join(folders.kubernetes, 'kube-proxy') },
            base: NETWORK_TOOLS_IMAGE,
          },
          { reference: pause, files: { '/pause': pauseProgram }, entrypoint: '/pause' },
          {
            reference: BACKEND_IMAGE,
            files: { '/agnhost': path.join(folders.kubernetes, 'agnhost') },
            entrypoint: '/agnhost',
          },
        ],
      });
    });
  }
  await progress.step(`image ${node}`, () =>
    addImplementation({ ...options, from: base, folders: folders.implementation }),
  );
}

export interface AddImplementationOptions {
  docker: Docker;
  signal: AbortSignal;
  context: GoContext;
  implementation: Implementation;
  /** Where the programs of its modules are, by the module's name. */
  folders: Folders['implementation'];
  /** FRR's image in the engine, where images of the implementation stand on it. */
  frr: string | undefined;
  /** The node image that gets the implementation's images, and what it is called then. */
  from: string;
  node: string;
}

/** Builds an implementation's images into a node image. */
export async function addImplementation(options: AddImplementationOptions): Promise<void> {
  const { docker, signal, implementation, frr, from, node } = options;
  const { images } = implementation;
  const [as, built] = [images.filter(isBase), images.filter((one) => !isBase(one))];
  await preloadBuilt({
    docker,
    signal,
    from,
    reference: node,
    present: as.map(({ reference }) => ({ local: frr ?? '', name: reference })),
    images: await Promise.all(built.map((image) => implementationImage(image, options))),
  });
}

/** An image that is what it stands on, under another name. */
function isBase({ base, tool, also }: ImplementationImage): boolean {
  return base !== undefined && tool === undefined && also === undefined;
}

async function implementationImage(
  { reference, tool, path: place, base, also = {} }: ImplementationImage,
  { implementation, folders, frr, context }: AddImplementationOptions,
): Promise<PreloadedImage> {
  const entrypoint = tool === undefined ? undefined : (place ?? `/${tool}`);
  const sourceOf = async (file: ImageFile) =>
    'tool' in file
      ? path.join(folders[file.module.name] ?? '', file.tool)
      : path.join(await moduleFolder(file.module, context), file.file);
  const files: Record<string, ImageFile> = {
    ...(tool === undefined || entrypoint === undefined
      ? {}
      : { [entrypoint]: { module: implementation.module, tool } }),
    ...also,
  };
  const sources = Object.entries(files).map(
    async ([target, file]) => [target, await sourceOf(file)] as const,
  );
  return {
    reference,
    files: Object.fromEntries(await Promise.all(sources)),
    ...(entrypoint === undefined ? {} : { entrypoint }),
    ...(base === 'frr' && frr !== undefined ? { base: frr } : {}),
  };
}

interface PreloadBuiltOptions {
  docker: Docker;
  signal: AbortSignal;
  from: string;
  reference: string;
  images: readonly PreloadedImage[];
  /** Images that the engine has, and their names in the cluster. */
  present?: PreloadOptions['images'];
}

/**
 * Builds container images and preloads them. In the engine they have names of ours and are gone afterwards:
 * what the user has there under the published names is the user's.
 */
async function preloadBuilt({ images, present = [], ...target }: PreloadBuiltOptions): Promise<void> {
  const { docker, signal } = target;
  const built = images.map((image, index) => ({ image, local: `dualvip/part:${process.pid}-${index}` }));
  try {
    for (const { image, local } of built) await buildPreloaded({ docker, image, reference: local, signal });
    await preload({
      ...target,
      images: [...built.map(({ image, local }) => ({ local, name: image.reference })), ...present],
    });
  } finally {
    const locals = built.map(({ local }) => local);
    // Some may not have been built; what there is goes.
    await docker.run(['image', 'rm', '--no-prune', ...locals]).catch(() => {});
  }
}

/** kubeadm itself knows which image names and tags it will ask for. */
async function controlPlaneImages(
  kubernetes: string,
  version: string,
  signal: AbortSignal,
): Promise<string[]> {
  const output = await run(
    path.join(kubernetes, 'kubeadm'),
    ['config', 'images', 'list', `--kubernetes-version=${version}`],
    { signal },
  );
  return output.split('\n');
}

function imageNamed(names: readonly string[], name: string): string {
  const found = names.find((reference) => reference.includes(`/${name}:`));
  if (!found) throw new Error(`kubeadm names no ${name} image: ${names.join(', ')}`);
  return found;
}

function nodeBinaries(folders: Folders): Record<string, string> {
  return Object.fromEntries([
    ...placed(folders.containerd, 'usr/local/bin', ['containerd', 'containerd-shim-runc-v2', 'ctr']),
    ...placed(folders.kubernetes, 'usr/bin', ['kubelet', 'kubeadm', 'kubectl']),
    ...placed(folders.cni, 'opt/cni/bin', ['host-local', 'loopback', 'ptp', 'portmap']),
  ]);
}

/** Path in the node → path here. */
function placed(folder: string, target: string, names: readonly string[]): [string, string][] {
  return names.map((name) => [`${target}/${name}`, path.join(folder, name)]);
}
