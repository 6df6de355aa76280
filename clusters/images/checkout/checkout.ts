import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

import { z } from 'zod';

import { run } from '../../../base/command.ts';
import { HarnessError, UsageError } from '../../../base/errors.ts';
import { cacheFolder } from '../../../base/folders.ts';
import { goContext, goEnvironment } from '../source/go-module.ts';
import { firstGoLines } from '../source/go-failure.ts';
import { partialOf, removeStalePartials } from '../source/partial.ts';
import { gitIdentity, type GitIdentity } from './git-identity.ts';
import { keepNewest } from './keep-newest.ts';
import { releaseOf, type AssumedRelease } from './release.ts';

/** What is told of a build of the user's own. Nothing in it says where the checkout was. */
export interface CheckoutIdentity extends GitIdentity {
  /** SHA-256 of the sources that are built and the manifests that are applied, in hexadecimal. */
  tree: string;
  /** The release that stands for it where something depends on the version, and by what it was found. */
  release: AssumedRelease;
}

/** Sources of the user's, as they were when they were taken: a copy, so that they may be edited meanwhile. */
export interface Checkout {
  folder: string;
  identity: CheckoutIdentity;
}

/** What has to be there beside Go's packages, and is part of what is built or applied. */
const MANIFESTS = /^config\/manifests\/[^/]+\.yaml$|^frr-tools\/reloader\/[^/]+\.sh$/;

const SNAPSHOTS_KEPT = 20;

export interface TakeOptions {
  /** The module that it has to be. */
  upstream: string;
  /** The upstream's name, for people. */
  title: string;
  /** The release that is assumed where nothing tells of one. */
  newest: string;
  signal: AbortSignal;
}

/**
 * Copies the sources of a checkout into the cache, under the hash of what they are: the same sources are the same
 * build, wherever they lie.
 * @throws UsageError `DUALVIP_CHECKOUT_NOT_FOUND`, `DUALVIP_CHECKOUT_INVALID`, `DUALVIP_CHECKOUT_REPLACES`;
 *   HarnessError `DUALVIP_GO_MISSING`, `DUALVIP_CHECKOUT_BROKEN`
 */
export async function takeCheckout(
  given: string,
  { upstream, title, newest, signal }: TakeOptions,
): Promise<Checkout> {
  const named = path.resolve(given.replace(/^~(?=\/|$)/, homedir()));
  await checkFolder(named, { given, upstream, title });
  await checkGo(signal);
  // Go and git name files by where they really are.
  const folder = await realpath(named);
  const place = { folder, given, signal };
  await checkReplacements(place);
  const names = await sourceFiles(place);
  const files = await Promise.all(
    names.map(async (name) => ({ name, content: await readFile(path.join(folder, name)) })),
  );
  const tree = treeOf(files);
  const git = await gitIdentity(folder, signal);
  const release = (await releaseOf(folder, git)) ?? {
    version: newest,
    by: 'nothing but that it is the newest',
  };
  const identity = { tree, ...git, release };
  const target = checkoutFolder(tree);
  await write(target, files);
  await writeFile(`${target}.json`, `${JSON.stringify(identity, null, 2)}\n`);
  await keepNewest(path.dirname(target), SNAPSHOTS_KEPT, (name) => !name.includes('.'));
  return { folder: target, identity };
}

/** Sources that were taken before, by the first digits of their hash; undefined where the cache has them no more. */
export async function knownCheckout(key: string): Promise<Checkout | undefined> {
  const folder = checkoutFolder(key);
  try {
    const identity = checkoutIdentitySchema.parse(JSON.parse(await readFile(`${folder}.json`, 'utf8')));
    return (await stat(folder)).isDirectory() ? { folder, identity } : undefined;
  } catch {
    return undefined;
  }
}

/** Twelve digits, as other keys of the cache have. */
export function treeKey(tree: string): string {
  return tree.slice(0, 12);
}

export const checkoutIdentitySchema = z.object({
  tree: z.string(),
  commit: z.string().optional(),
  describe: z.string().optional(),
  dirty: z.boolean().optional(),
  release: z.object({ version: z.string(), by: z.string() }),
});

function checkoutFolder(tree: string): string {
  return path.join(cacheFolder(), 'checkouts', treeKey(tree));
}

interface Place {
  folder: string;
  /** As the user wrote it. */
  given: string;
  signal: AbortSignal;
}

async function checkFolder(
  folder: string,
  { given, upstream, title }: Pick<TakeOptions, 'upstream' | 'title'> & { given: string },
): Promise<void> {
  const there = await stat(folder).catch(() => undefined);
  if (!there?.isDirectory()) {
    throw new UsageError('DUALVIP_CHECKOUT_NOT_FOUND', `there is no folder ${given}`, {
      hint: `Name a checkout of ${title}, from here or from /: --implementation metallb@path:../metallb.`,
    });
  }
  const text = await readFile(path.join(folder, 'go.mod'), 'utf8').catch(() => undefined);
  const module = /^module\s+"?([^\s"]+)/m.exec(text ?? '')?.[1];
  if (module === upstream) return;
  const why = text === undefined ? 'it has no go.mod' : `its go.mod is of ${module ?? 'no module'}`;
  throw new UsageError('DUALVIP_CHECKOUT_INVALID', `${given} is no checkout of ${title}: ${why}`, {
    hint: `Name the folder whose go.mod says \`module ${upstream}\`.`,
  });
}

async function checkGo(signal: AbortSignal): Promise<void> {
  try {
    await goContext(signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw new HarnessError('DUALVIP_GO_MISSING', 'building a checkout needs Go, and there is none', {
      cause,
      hint: 'Install Go 1.26 or later: https://go.dev/dl.',
    });
  }
}

/** What another folder has would be built, and be neither in the hash nor in the copy. */
async function checkReplacements({ folder, given, signal }: Place): Promise<void> {
  const output = await go(['mod', 'edit', '-json'], { folder, given, signal });
  const { Replace: replacements } = modSchema.parse(JSON.parse(output));
  const local = replacements?.find(({ New }) => /^\.{0,2}\//.test(New.Path));
  if (!local) return;
  const text = `${given}/go.mod replaces ${local.Old.Path} by the folder ${local.New.Path}, which is not part of the checkout's identity`;
  throw new UsageError('DUALVIP_CHECKOUT_REPLACES', text, {
    hint: 'Replace it by a version or a pseudo-version of a module.',
  });
}

const modSchema = z.object({
  Replace: z
    .array(z.object({ Old: z.object({ Path: z.string() }), New: z.object({ Path: z.string() }) }))
    .nullish(),
});

const LISTED = ['GoFiles', 'SFiles', 'HFiles', 'EmbedFiles'] as const;

/** All that Go would compile of the checkout's own packages, and the manifests; sorted. Tests and documents are not. */
async function sourceFiles(place: Place): Promise<string[]> {
  const template = `{{$d := .Dir}}${LISTED.map((list) => `{{range .${list}}}{{$d}}/{{.}}\n{{end}}`).join('')}`;
  const output = await go(['list', '-e', '-find', '-f', template, './...'], place);
  const listed = output
    .split('\n')
    .filter((line) => line !== '')
    .map((file) => path.relative(place.folder, file));
  const beside = await Promise.all(
    ['config/manifests', 'frr-tools/reloader'].map(async (folder) => {
      const names = await readdir(path.join(place.folder, folder)).catch(() => []);
      return names.map((name) => `${folder}/${name}`);
    }),
  );
  const data = beside.flat().filter((name) => MANIFESTS.test(name));
  const sums = await stat(path.join(place.folder, 'go.sum')).then(
    () => ['go.sum'],
    () => [],
  );
  return [...new Set(['go.mod', ...sums, ...listed, ...data])].sort();
}

async function go(args: readonly string[], { folder, given, signal }: Place): Promise<string> {
  try {
    return await run('go', args, { cwd: folder, signal, env: goEnvironment() });
  } catch (cause) {
    signal.throwIfAborted();
    throw new HarnessError('DUALVIP_CHECKOUT_BROKEN', `Go cannot read ${given}:\n${firstGoLines(cause)}`, {
      cause,
      hint: `See \`go ${args.slice(0, 2).join(' ')}\` there.`,
    });
  }
}

interface SourceFile {
  name: string;
  content: Uint8Array;
}

function treeOf(files: readonly SourceFile[]): string {
  const hash = createHash('sha256');
  for (const { name, content } of files) {
    hash.update(`${name}\0${content.length}\0`);
    hash.update(content);
  }
  return hash.digest('hex');
}

async function write(target: string, files: readonly SourceFile[]): Promise<void> {
  if (await isUsed(target)) return;
  await mkdir(path.dirname(target), { recursive: true });
  await removeStalePartials(path.dirname(target));
  const partial = partialOf(target);
  try {
    for (const { name, content } of files) {
      const file = path.join(partial, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    await rename(partial, target);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Whether it is there, which means whole; if so, it counts as used now. */
async function isUsed(target: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(target, now, now);
    return true;
  } catch {
    return false;
  }
}
