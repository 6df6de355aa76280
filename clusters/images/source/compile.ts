import type { Progress } from '../../../base/progress.ts';
import type { Implementation } from '../../implementations/implementation.ts';
import { buildTools, download, type GoContext, type GoModule } from './go-module.ts';
import { MODULES } from './modules.ts';

/** Where the programs of each upstream are. */
export interface Folders {
  kubernetes: string;
  etcd: string;
  containerd: string;
  cni: string;
  kind: string;
  implementation: string;
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
  const rest = [MODULES.kind, MODULES.cni, MODULES.containerd, MODULES.etcd, implementation.module];
  await progress.step('downloading kubernetes', () => download(MODULES.kubernetes, context));
  const [kubernetes] = await Promise.all([
    build(MODULES.kubernetes),
    progress.step('downloading the other Go modules', () =>
      Promise.all(rest.map((module) => download(module, context))),
    ),
  ]);
  return {
    kubernetes,
    kind: await build(MODULES.kind),
    cni: await build(MODULES.cni),
    containerd: await build(MODULES.containerd),
    etcd: await build(MODULES.etcd),
    implementation: await build(implementation.module),
  };
}
