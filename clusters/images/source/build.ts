import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { run } from '../../../base/command.ts';
import type { Progress } from '../../../base/progress.ts';
import { PROJECT_ROOT } from '../../../base/folders.ts';
import type { Docker } from '../../docker.ts';
import type { Implementation } from '../../implementations/implementation.ts';
import { contentKey, folderKey } from '../content-key.ts';
import { ensureBuildPrograms, importRootfs, rootfsArchive, rootfsKey } from './debian.ts';
import { buildTools, download, goContext, moduleFolder, moduleKey, upstreamVersion } from './go-module.ts';
import type { GoContext, GoModule } from './go-module.ts';
import { MODULES } from './modules.ts';
import { preload } from '../preload.ts';
import type { NodeImages } from '../images.ts';
import {
  buildBaseNode,
  buildNetworkTools,
  buildPreloaded,
  NETWORK_TOOLS_IMAGE,
  type PreloadedImage,
} from './node-image.ts';
import { pauseBinary } from './pause.ts';
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

export const BACKEND_IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:dualvip';

/**
 * Builds everything that a cluster needs from pinned Go modules and Debian packages, reusing what has been
 * built before. Compiling is serial (one `go build` fills the cores); downloads, the Debian file system and
 * the engine's installation run beside it. A killed build goes on where it was.
 */
export async function buildSourceImages(options: SourceBuildOptions): Promise<NodeImages> {
  const { implementation, progress, signal } = options;
  const context = await goContext(signal);
  const names = await imageNames(implementation, context);

  const debian = ensureBuildPrograms(options.confirm, signal).then(() =>
    progress.step('Debian file system', (detail) => rootfsArchive(signal, detail)),
  );
  const tools = compileAll(implementation, options, context);
  await settleAll([options.docker, debian, tools]);
  const [docker, rootfs, folders] = [await options.docker, await debian, await tools];

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
  if (!hasNode) {
    await buildNode({ docker, signal, progress, context, folders, rootfsImage, base, node, implementation });
  }
  return builtImages(names);
}

interface Folders {
  kubernetes: string;
  etcd: string;
  containerd: string;
  cni: string;
  kind: string;
  implementation: string;
}

interface BuildNodeOptions {
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

async function buildNode(options: BuildNodeOptions): Promise<void> {
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
        target: `/${image.tool}`,
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

/** The images, when all of them are in the engine already; nothing is built. */
export async function sourceImages(options: {
  docker: Docker;
  implementation: Implementation;
  signal: AbortSignal;
}): Promise<NodeImages | undefined> {
  const { docker, implementation, signal } = options;
  const context = await goContext(signal).catch(() => undefined);
  signal.throwIfAborted();
  if (!context) return undefined;
  const names = await imageNames(implementation, context);
  const found = await Promise.all([names.node, names.probe].map((name) => docker.imageExists(name, signal)));
  return found.every(Boolean) ? builtImages(names) : undefined;
}

interface ImageNames {
  kubernetesVersion: string;
  base: string;
  node: string;
  probe: string;
}

function builtImages({ node, probe, kubernetesVersion }: ImageNames): NodeImages {
  return { origin: 'source', node, probe, backend: BACKEND_IMAGE, kubernetesVersion };
}

/** All names are known before anything is built, so that a warm start asks the engine once and is done. */
async function imageNames(implementation: Implementation, context: GoContext): Promise<ImageNames> {
  const modules = await Promise.all(
    [MODULES.kubernetes, MODULES.etcd, MODULES.containerd, MODULES.cni, MODULES.kind].map((module) =>
      moduleKey(module, context),
    ),
  );
  const recipe = await folderKey(path.join(import.meta.dirname, '..', 'node'));
  const base = contentKey(...modules, recipe, rootfsKey(), 'v1');
  const node = contentKey(
    base,
    await moduleKey(implementation.module, context),
    JSON.stringify(implementation.images),
  );
  const undici = await readFile(path.join(PROJECT_ROOT, 'node_modules/undici/package.json'));
  const kubernetesVersion = await upstreamVersion(MODULES.kubernetes);
  const { name, version } = implementation.ref;
  return {
    kubernetesVersion,
    base: `dualvip/node-base:${kubernetesVersion}-${base}`,
    node: `dualvip/node:${kubernetesVersion}-${name}-${version}-${node}`,
    probe: `dualvip/probe:${contentKey(process.version, undici, rootfsKey(), 'v1')}`,
  };
}

async function compileAll(
  implementation: Implementation,
  { progress, signal }: SourceBuildOptions,
  context: GoContext,
): Promise<Folders> {
  const build = (module: GoModule) =>
    progress.step(`compiling ${module.name}`, (detail) => buildTools(module, context, detail));
  const rest = [MODULES.kind, MODULES.cni, MODULES.containerd, MODULES.etcd, implementation.module];
  await download(MODULES.kubernetes, context);
  signal.throwIfAborted();
  const downloads = Promise.all(rest.map((module) => download(module, context)));
  const kubernetes = build(MODULES.kubernetes);
  await settleAll([downloads, kubernetes]);
  return {
    kubernetes: await kubernetes,
    kind: await build(MODULES.kind),
    cni: await build(MODULES.cni),
    containerd: await build(MODULES.containerd),
    etcd: await build(MODULES.etcd),
    implementation: await build(implementation.module),
  };
}

/** Waits for all to end, then throws the first failure: nothing is left running behind an error. */
async function settleAll(promises: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
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
