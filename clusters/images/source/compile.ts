import type { Progress } from '../../../base/progress.ts';
import type { Implementation } from '../../implementations/implementation.ts';
import { buildTools, download, type GoContext, type GoModule } from './go-module.ts';
import { MODULES, modulesOf } from './modules.ts';

/** Where the programs of each upstream are. */
export interface Folders {
  kubernetes: string;
  etcd: string;
  containerd: string;
  cni: string;
  kind: string;
  /** By the module's name. */
  implementation: Readonly<Record<string, string>>;
}

/**
 * Builds every upstream's programs, one after another: one `go build` fills the cores. Downloads run beside
 * the longest of them.
 */
export async function compileAll(
  implementation: Implementation,
  progress: Progress,
  context: GoContext,
): Promise<Folders> {
  const build = (module: GoModule) =>
    progress.step(`compiling ${module.name}`, (detail) => buildTools(module, context, detail));
  const own = modulesOf(implementation);
  const rest = [MODULES.kind, MODULES.cni, MODULES.containerd, MODULES.etcd, ...own];
  await progress.step('downloading kubernetes', () => download(MODULES.kubernetes, context));
  const [kubernetes] = await Promise.all([
    build(MODULES.kubernetes),
    progress.step('downloading the other Go modules', () =>
      Promise.all(rest.map((module) => download(module, context))),
    ),
  ]);
  const [kind, cni, containerd, etcd] = [
    await build(MODULES.kind),
    await build(MODULES.cni),
    await build(MODULES.containerd),
    await build(MODULES.etcd),
  ];
  const folders: Record<string, string> = {};
  for (const module of own) folders[module.name] = await build(module);
  return { kubernetes, kind, cni, containerd, etcd, implementation: folders };
}
