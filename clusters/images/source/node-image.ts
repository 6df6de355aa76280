import { chmod, copyFile, cp, link, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { run } from '../../../base/command.ts';
import type { Docker } from '../../docker.ts';
import { buildImage } from '../image-build.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const NODE_FILES = path.join(import.meta.dirname, '..', 'node');

export const NETWORK_TOOLS_IMAGE = 'dualvip/network-tools:local';

/** An image for the cluster's own containerd: a few programs on an empty file system, or on a base image. */
export interface PreloadedImage {
  /** Its name in the cluster, as manifests have it. */
  reference: string;
  /** Absolute path in the image → path on this machine. */
  files: Readonly<Record<string, string>>;
  /** Absolute path in the image. */
  entrypoint?: string;
  /** An image in the engine; without one the file system is empty. */
  base?: string;
}

export interface BaseNodeOptions {
  docker: Docker;
  signal: AbortSignal;
  reference: string;
  rootfs: string;
  /** kind's own base files, out of its module. */
  kindFiles: string;
  kubernetesVersion: string;
  pauseImage: string;
  /** Path in the node → path on this machine. */
  binaries: Readonly<Record<string, string>>;
}

/** Builds the node image without any container image in it. */
export async function buildBaseNode(options: BaseNodeOptions): Promise<void> {
  const { docker, signal, reference, rootfs, pauseImage } = options;
  await using context = await temporaryFolder();
  const files = path.join(context.path, 'files');
  await cp(path.join(options.kindFiles), files, { recursive: true });
  // Module files are read-only, and executable bits do not survive the module's zip file.
  await run('chmod', ['-R', 'u+w', files], { signal });
  await cp(path.join(NODE_FILES, 'files'), files, { recursive: true });
  await writeFile(path.join(files, 'kind', 'version'), options.kubernetesVersion);
  const executable = await readdir(path.join(files, 'kind', 'bin'));
  await run('chmod', ['-R', 'go=u-w', files], { signal });
  await run(
    'chmod',
    ['755', `${files}/usr/local/bin/entrypoint`, ...executable.map((name) => `${files}/kind/bin/${name}`)],
    { signal },
  );
  // After the modes: a binary is a link to the cache's own file.
  for (const [target, source] of Object.entries(options.binaries)) {
    await place(source, path.join(files, target));
  }
  await buildImage({
    docker,
    signal,
    reference,
    dockerfile: path.join(NODE_FILES, 'Dockerfile'),
    context: context.path,
    arguments: { ROOTFS: rootfs, PAUSE: pauseImage },
    label: 'node-base',
  });
}

/** Builds the small image of programs that kube-proxy and the CNI daemon call. */
export async function buildNetworkTools(docker: Docker, rootfs: string, signal: AbortSignal): Promise<void> {
  await using context = await temporaryFolder();
  await buildImage({
    docker,
    signal,
    reference: NETWORK_TOOLS_IMAGE,
    dockerfile: path.join(NODE_FILES, 'network-tools.Dockerfile'),
    context: context.path,
    arguments: { ROOTFS: rootfs },
    label: 'preloaded',
  });
}

export interface BuildPreloadedOptions {
  docker: Docker;
  image: PreloadedImage;
  /** Its name in the engine. */
  reference: string;
  signal: AbortSignal;
}

/** Builds the image into the engine. */
export async function buildPreloaded({
  docker,
  image,
  reference,
  signal,
}: BuildPreloadedOptions): Promise<void> {
  await using context = await temporaryFolder();
  for (const [target, source] of Object.entries(image.files)) {
    await placeProgram(source, path.join(context.path, 'files', target));
  }
  const entrypoint = image.entrypoint === undefined ? '' : `ENTRYPOINT ["${image.entrypoint}"]\n`;
  const dockerfile = path.join(context.path, 'Dockerfile');
  await writeFile(dockerfile, `FROM ${image.base ?? 'scratch'}\nCOPY files/ /\n${entrypoint}`);
  await buildImage({
    docker,
    signal,
    reference,
    dockerfile,
    context: context.path,
    arguments: {},
    label: 'preloaded',
  });
}

/** Puts a file in place without a copy where the file system allows. */
export async function place(source: string, target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  try {
    await link(source, target);
  } catch {
    await cp(source, target);
  }
}

/** The same, executable: scripts come out of a module's sources, where nothing is. */
async function placeProgram(source: string, target: string): Promise<void> {
  const { mode } = await stat(source);
  if ((mode & 0o111) !== 0) return place(source, target);
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(source, target);
  await chmod(target, 0o755);
}
