import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import { run } from '../../../base/command.ts';
import { HarnessError } from '../../../base/errors.ts';
import { cacheFolder } from '../../../base/folders.ts';
import { contentKey } from '../content-key.ts';
import { partialOf } from './partial.ts';

export const MODULES_FOLDER = path.join(import.meta.dirname, 'modules');

/**
 * No debug data and no inlining: Kubernetes then compiles in a third of the time (5.5 against more than 15
 * minutes on two cores), and a cluster of the result starts no slower. The same flags for every module, so
 * that they share compiled packages of the standard library.
 */
const GO_BUILD_FLAGS = ['-buildvcs=false', '-trimpath', '-gcflags=all=-dwarf=false -l'];

/** Static programs, for nodes, which are Linux whatever this machine is, and nothing of the user's own settings. */
export function goEnvironment({ host = false }: Pick<GoModule, 'host'> = {}): NodeJS.ProcessEnv {
  const all = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };
  return host ? all : { ...all, GOOS: 'linux' };
}

/** One upstream, pinned by a go.mod with `tool` lines and its go.sum under modules/. */
export interface GoModule {
  /** The folder under modules/. */
  name: string;
  /** The module whose version counts, as in go.mod: `k8s.io/kubernetes`. */
  upstream: string;
  /** Build tags. */
  tags?: readonly string[];
  /** Go packages whose string variable gets the upstream version: `PACKAGE.VARIABLE`. */
  versionVariables?: readonly string[];
  /** True: its programs run on this machine, not in nodes. */
  host?: boolean;
  /** Sources of the user's own, in the place of what is pinned. */
  checkout?: CheckoutModule;
}

export interface CheckoutModule {
  /** Where the module's own go.mod is. */
  folder: string;
  /** With its `v`. */
  version: string;
  /** The hash of the sources. */
  tree: string;
  /** The packages of its programs, as `./controller`. */
  packages: readonly string[];
}

export interface GoContext {
  signal: AbortSignal;
  /** The version that `go env GOVERSION` tells: part of the key. */
  goVersion: string;
}

/** @throws HarnessError `DUALVIP_GO_MISSING` */
export async function goContext(signal: AbortSignal): Promise<GoContext> {
  try {
    return { signal, goVersion: await run('go', ['env', 'GOVERSION'], { cwd: MODULES_FOLDER, signal }) };
  } catch (error) {
    signal.throwIfAborted();
    throw new HarnessError('DUALVIP_GO_MISSING', 'building images from source needs Go, and there is none', {
      cause: error,
      hint: 'Install Go 1.26 or later (https://go.dev/dl), or use published images: --images published.',
    });
  }
}

/** The upstream's version as pinned in go.mod, or as a checkout is called, with its `v`. */
export async function upstreamVersion(module: GoModule): Promise<string> {
  if (module.checkout) return module.checkout.version;
  const text = await readFile(path.join(MODULES_FOLDER, module.name, 'go.mod'), 'utf8');
  const escaped = module.upstream.replaceAll('.', String.raw`\.`);
  const version = new RegExp(String.raw`^(?:require)?\s*${escaped} (v\S+)`, 'm').exec(text)?.[1];
  if (!version) throw new Error(`${module.name}/go.mod does not require ${module.upstream}`);
  return version;
}

/** Downloads what the module needs to build. Resumes by itself: Go's module cache is keyed by content. */
export async function download(module: GoModule, context: GoContext): Promise<void> {
  await run('go', ['mod', 'download'], {
    cwd: path.join(MODULES_FOLDER, module.name),
    signal: context.signal,
  });
}

/** Where the files of the upstream module are on disk (read-only). */
export async function moduleFolder(module: GoModule, context: GoContext): Promise<string> {
  if (module.checkout) return module.checkout.folder;
  const cwd = path.join(MODULES_FOLDER, module.name);
  await run('go', ['mod', 'download', module.upstream], { cwd, signal: context.signal });
  return run('go', ['list', '-m', '-f', '{{.Dir}}', module.upstream], { cwd, signal: context.signal });
}

/** The key of a module's binaries: what is pinned, how it is built, with which Go. */
export async function moduleKey(module: GoModule, context: GoContext): Promise<string> {
  if (module.checkout) {
    const { tree, packages } = module.checkout;
    const how = JSON.stringify([GO_BUILD_FLAGS, packages]);
    return contentKey(tree, how, context.goVersion, process.arch);
  }
  const folder = path.join(MODULES_FOLDER, module.name);
  const [mod, sum] = await Promise.all([
    readFile(path.join(folder, 'go.mod')),
    readFile(path.join(folder, 'go.sum')),
  ]);
  const flags = JSON.stringify([GO_BUILD_FLAGS, module.tags, module.versionVariables]);
  return contentKey(mod, sum, flags, context.goVersion, process.arch);
}

/**
 * Builds every tool of the module, statically, and gives the folder that holds the binaries. A finished
 * folder is never touched again; a killed build leaves Go's own cache, so the next one goes on from there.
 */
export async function buildTools(
  module: GoModule,
  context: GoContext,
  detail: (text: string) => void = () => {},
): Promise<string> {
  const target = path.join(cacheFolder(), 'bin', `${module.name}-${await moduleKey(module, context)}`);
  if (await exists(target)) {
    detail('cached');
    return target;
  }
  const cwd = module.checkout?.folder ?? path.join(MODULES_FOLDER, module.name);
  const programs = module.checkout?.packages ?? ['tool'];
  const env = goEnvironment(module);
  const partial = partialOf(target);
  await mkdir(partial, { recursive: true });
  try {
    const packages = await run('go', ['list', '-deps', ...programs], { cwd, signal: context.signal, env });
    const total = packages.split('\n').length;
    let compiled = 0;
    await run(
      'go',
      [
        'build',
        '-v',
        ...GO_BUILD_FLAGS,
        `-ldflags=${await linkerFlags(module)}`,
        ...(module.tags ? [`-tags=${module.tags.join(',')}`] : []),
        '-o',
        `${partial}/`,
        ...programs,
      ],
      {
        cwd,
        signal: context.signal,
        env,
        onLine: (line) => {
          if (line.startsWith('go: ')) return;
          compiled += 1;
          detail(`${compiled} packages compiled, at most ${Math.max(0, total - compiled)} left`);
        },
      },
    );
    await rename(partial, target);
    return target;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function linkerFlags(module: GoModule): Promise<string> {
  const version = await upstreamVersion(module);
  return ['-s', '-w', ...(module.versionVariables ?? []).map((name) => `-X ${name}=${version}`)].join(' ');
}

async function exists(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch {
    return false;
  }
}
