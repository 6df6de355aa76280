import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Implementation } from '../../implementations/implementation.ts';
import { MODULES_FOLDER, upstreamVersion, type GoModule } from './go-module.ts';
import { MODULES, modulesOf } from './modules.ts';

/**
 * What the images of a cluster are built of: by module, its version and its hash, as the checksum database has it
 * (https://go.dev/ref/mod#go-sum-files). Whoever has the same has the same sources.
 * Of a checkout it is the hash of its sources.
 */
export async function moduleSums(implementation: Implementation): Promise<Record<string, string>> {
  const { kubernetes, etcd, containerd, cni, kind } = MODULES;
  const modules: GoModule[] = [kubernetes, etcd, containerd, cni, kind, ...modulesOf(implementation)];
  const sums = await Promise.all(
    modules.map(async (module) => {
      const version = await upstreamVersion(module);
      if (module.checkout) return [module.upstream, `${version} sha256:${module.checkout.tree}`] as const;
      const text = await readFile(path.join(MODULES_FOLDER, module.name, 'go.sum'), 'utf8');
      return [module.upstream, `${version} ${sumOf(text, module.upstream, version)}`] as const;
    }),
  );
  return Object.fromEntries(sums);
}

/** @throws Error where go.sum has none: what is not pinned is not built either */
export function sumOf(text: string, module: string, version: string): string {
  const line = text.split('\n').find((one) => one.startsWith(`${module} ${version} h1:`));
  if (line === undefined) throw new Error(`go.sum has no hash of ${module} ${version}`);
  return line.slice(line.indexOf('h1:'));
}
