import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { PROJECT_ROOT } from '../../../base/folders.ts';
import type { Docker } from '../../docker.ts';
import type { Implementation } from '../../implementations/implementation.ts';
import { contentKey, folderKey } from '../content-key.ts';
import type { NodeImages } from '../images.ts';
import { NODE_SYSTEM, rootfsKey } from './debian.ts';
import { frrImageName } from './frr-image.ts';
import { goContext, moduleKey, upstreamVersion, type GoContext } from './go-module.ts';
import { MODULES, modulesOf } from './modules.ts';

/** agnhost, as the backends' manifests name what is preloaded. */
export const BACKEND_IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:dualvip';

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

export interface ImageNames {
  kubernetesVersion: string;
  base: string;
  node: string;
  probe: string;
  /** FRR, where images of the implementation stand on it. */
  frr?: string;
}

export function standsOnFrr({ images }: Pick<Implementation, 'images'>): boolean {
  return images.some(({ base }) => base === 'frr');
}

export function builtImages({ node, probe, kubernetesVersion }: ImageNames): NodeImages {
  return { origin: 'source', node, probe, backend: BACKEND_IMAGE, kubernetesVersion };
}

/** All names are known before anything is built, so that a warm start asks the engine once and is done. */
export async function imageNames(implementation: Implementation, context: GoContext): Promise<ImageNames> {
  const modules = await Promise.all(
    [MODULES.kubernetes, MODULES.etcd, MODULES.containerd, MODULES.cni, MODULES.kind].map((module) =>
      moduleKey(module, context),
    ),
  );
  const recipe = await folderKey(path.join(import.meta.dirname, '..', 'node'));
  const base = contentKey(...modules, recipe, rootfsKey(NODE_SYSTEM), 'v1');
  const frr = standsOnFrr(implementation) ? await frrImageName() : undefined;
  const node = contentKey(
    base,
    ...(await Promise.all(modulesOf(implementation).map((module) => moduleKey(module, context)))),
    JSON.stringify(implementation.images),
    ...(frr === undefined ? [] : [frr]),
  );
  const undici = await readFile(path.join(PROJECT_ROOT, 'node_modules/undici/package.json'));
  const kubernetesVersion = await upstreamVersion(MODULES.kubernetes);
  const { name, version, mode } = implementation.ref;
  return {
    kubernetesVersion,
    base: `dualvip/node-base:${kubernetesVersion}-${base}`,
    node: `dualvip/node:${kubernetesVersion}-${name}-${version}-${frr === undefined ? '' : `${mode}-`}${node}`,
    probe: `dualvip/probe:${contentKey(process.version, undici, rootfsKey(NODE_SYSTEM), 'v1')}`,
    ...(frr === undefined ? {} : { frr }),
  };
}
