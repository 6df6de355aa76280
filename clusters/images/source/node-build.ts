import path from 'node:path';

import { run } from '../../../base/command.ts';
import type { Progress } from '../../../base/progress.ts';
import type { Docker } from '../../docker.ts';
import type { Implementation } from '../../implementations/implementation.ts';
import { preload } from '../preload.ts';
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
  implementation: Implementation;
}

/** Builds the node image: the base with the control plane in it, and on that the implementation's images. */
export async function buildNode(options: BuildNodeOptions): Promise<void> {
  const { docker, signal, progress, context, folders, rootfsImage, base, node, implementation } = options;
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
        binary: path.join(folders.kubernetes, name),
        target: `/usr/local/bin/${name}`,
      }));
      await preloadBuilt({
        docker,
        signal,
        from: packed,
        reference: base,
        present: [NETWORK_TOOLS_IMAGE],
        images: [
          ...control,
          {
            reference: imageNamed(names, 'etcd'),
            binary: path.join(folders.etcd, 'server'),
            target: '/usr/local/bin/etcd',
          },
          {
            reference: imageNamed(names, 'kube-proxy'),
            binary: path.join(folders.kubernetes, 'kube-proxy'),
            target: '/usr/local/bin/kube-proxy',
            base: NETWORK_TOOLS_IMAGE,
          },
          { reference: pause, binary: pauseProgram, target: '/pause', entrypoint: true },
          {
            reference: BACKEND_IMAGE,
            binary: path.join(folders.kubernetes, 'agnhost'),
            target: '/agnhost',
            entrypoint: true,
          },
        ],
      });
    });
  }
  await progress.step(`image ${node}`, () =>
    preloadBuilt({
      docker,
      signal,
      from: base,
      reference: node,
      images: implementation.images.map((image) => ({
        reference: image.reference,
        binary: path.join(folders.implementation, image.tool),
        target: image.path ?? `/${image.tool}`,
        entrypoint: true,
      })),
    }),
  );
}

interface PreloadBuiltOptions {
  docker: Docker;
  signal: AbortSignal;
  from: string;
  reference: string;
  images: readonly PreloadedImage[];
  present?: readonly string[];
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
      images: [
        ...built.map(({ image, local }) => ({ local, name: image.reference })),
        ...present.map((reference) => ({ local: reference, name: reference })),
      ],
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
