import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { run } from '../../../base/command.ts';
import { fakePrograms } from '../../fake-program.ts';
import { findImplementation, takeOwn } from '../../implementations/registry.ts';
import { moduleKey } from '../source/go-module.ts';
import { knownCheckout, takeCheckout, type TakeOptions } from './checkout.ts';

const UPSTREAM = 'go.universe.tf/metallb';
const OPTIONS: TakeOptions = {
  upstream: UPSTREAM,
  title: 'MetalLB',
  newest: '0.16.1',
  signal: new AbortController().signal,
};

/** What a checkout of MetalLB has, in small: it is listed by the real Go, and not compiled. */
const FILES: Record<string, string> = {
  'go.mod': `module ${UPSTREAM}\n\ngo 1.24.0\n`,
  'README.md': 'MetalLB\n',
  'controller/main.go': 'package main\n\nfunc main() {}\n',
  'controller/main_test.go': 'package main\n',
  'controller/windows.go': '//go:build windows\n\npackage main\n',
  'speaker/main.go':
    'package main\n\nimport _ "embed"\n\n//go:embed frr.tmpl\nvar t string\n\nfunc main() { _ = t }\n',
  'speaker/frr.tmpl': 'router bgp\n',
  'config/manifests/metallb-native.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: controller, namespace: metallb-system }
spec:
  template:
    spec:
      containers:
        - name: controller
          image: quay.io/metallb/controller:main
`,
};

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'dualvip-checkout-'));
  folder = path.join(root, 'metallb');
  vi.stubEnv('DUALVIP_CACHE_DIR', path.join(root, 'cache'));
  for (const [name, content] of Object.entries(FILES)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

const git = (...args: string[]) =>
  run('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: folder });

// Go lists the packages: seconds on a busy machine.
describe('takeCheckout', { timeout: 120_000 }, () => {
  it('keeps what is compiled and applied, and nothing else', async () => {
    const { folder: copy, identity } = await takeCheckout(folder, OPTIONS);
    const kept = (await run('find', ['.', '-type', 'f'], { cwd: copy })).split('\n').sort();
    expect(kept).toEqual([
      './config/manifests/metallb-native.yaml',
      './controller/main.go',
      './go.mod',
      './speaker/frr.tmpl',
      './speaker/main.go',
    ]);
    expect(identity).toEqual({
      tree: expect.stringMatching(/^[0-9a-f]{64}$/),
      release: { version: '0.16.1', by: 'nothing but that it is the newest' },
    });
    expect(path.basename(copy)).toBe(identity.tree.slice(0, 12));
    expect(await knownCheckout(path.basename(copy))).toEqual({ folder: copy, identity });
    expect(await knownCheckout('000000000000')).toBeUndefined();
  });

  it('calls the same sources the same, wherever they lie', async () => {
    const first = await takeCheckout(folder, OPTIONS);
    await appendFile(path.join(folder, 'README.md'), 'more\n');
    const moved = path.join(root, 'elsewhere');
    await run('mv', [folder, moved]);
    expect((await takeCheckout(moved, OPTIONS)).identity).toEqual(first.identity);
    await appendFile(path.join(moved, 'speaker/frr.tmpl'), 'more\n');
    const changed = await takeCheckout(moved, OPTIONS);
    expect(changed.identity.tree).not.toBe(first.identity.tree);
    expect(await readFile(path.join(first.folder, 'speaker/frr.tmpl'), 'utf8')).toBe('router bgp\n');
  });

  it('tells what git says, and takes the nearest tag for the release', async () => {
    await git('init', '--quiet');
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'one');
    await git('tag', 'v0.15.2');
    await git('tag', 'metallb-chart-9.9.9');
    const clean = await takeCheckout(folder, OPTIONS);
    const commit = await git('rev-parse', 'HEAD');
    const release = { version: '0.15.2', by: 'the nearest tag in its git' };
    expect(clean.identity).toMatchObject({ commit, describe: 'v0.15.2', dirty: false, release });
    await writeFile(path.join(folder, 'controller/new.go'), 'package main\n');
    const dirty = await takeCheckout(folder, OPTIONS);
    expect(dirty.identity).toMatchObject({ commit, dirty: true, release });
    // A part of another's repository is not what that is tagged as.
    await run('mkdir', [path.join(folder, 'inner')]);
    for (const name of ['go.mod', 'controller', 'config'])
      await run('cp', ['-r', path.join(folder, name), path.join(folder, 'inner')]);
    const inner = await takeCheckout(path.join(folder, 'inner'), OPTIONS);
    expect(inner.identity.commit).toBeUndefined();
  });

  it.each([
    ['none', 'DUALVIP_CHECKOUT_NOT_FOUND', 'there is no folder none'],
    ['controller', 'DUALVIP_CHECKOUT_INVALID', 'controller is no checkout of MetalLB: it has no go.mod'],
    ['other', 'DUALVIP_CHECKOUT_INVALID', 'other is no checkout of MetalLB: its go.mod is of x.y/z'],
  ])('refuses %s', async (name, code, message) => {
    await mkdir(path.join(folder, 'other'));
    await writeFile(path.join(folder, 'other/go.mod'), 'module x.y/z\n');
    const given = path.relative('', path.join(folder, name));
    await expect(takeCheckout(given, OPTIONS)).rejects.toMatchObject({
      exitCode: 64,
      code,
      message: message.replace(name, given),
    });
  });

  it('refuses what lies outside of it', async () => {
    await appendFile(path.join(folder, 'go.mod'), '\nreplace x.y/z => ../z\n');
    await expect(takeCheckout(folder, OPTIONS)).rejects.toMatchObject({
      exitCode: 64,
      code: 'DUALVIP_CHECKOUT_REPLACES',
      message: `${folder}/go.mod replaces x.y/z by the folder ../z, which is not part of the checkout's identity`,
    });
  });

  it('says what Go says of a go.mod that it cannot read', async () => {
    await appendFile(path.join(folder, 'go.mod'), '\nnonsense here\n');
    await expect(takeCheckout(folder, OPTIONS)).rejects.toMatchObject({
      exitCode: 2,
      code: 'DUALVIP_CHECKOUT_BROKEN',
      message: expect.stringMatching(/^Go cannot read .*:\n(.*\n)?.*go\.mod:5: unknown directive: nonsense/),
    });
  });

  it('says that there is no Go', async () => {
    await using programs = await fakePrograms({});
    vi.stubEnv('PATH', programs.path);
    await expect(takeCheckout(folder, OPTIONS)).rejects.toMatchObject({
      code: 'DUALVIP_GO_MISSING',
      message: 'building a checkout needs Go, and there is none',
      hint: 'Install Go 1.26 or later: https://go.dev/dl.',
    });
  });
});

describe('takeOwn', { timeout: 120_000 }, () => {
  const { signal } = OPTIONS;

  it('is an implementation of a lasting name, nearest to a pinned release', async () => {
    const own = await takeOwn({ name: 'metallb', folder }, signal);
    const { identity } = await takeCheckout(folder, OPTIONS);
    const key = identity.tree.slice(0, 12);
    expect(own.ref).toEqual({
      name: 'metallb',
      version: `0.16.1+own.${key}`,
      mode: 'native',
      build: identity,
    });
    expect(own.release?.ref).toEqual({ name: 'metallb', version: '0.16.1', mode: 'native' });
    expect(own.images.map(({ reference }) => reference)).toEqual([
      `quay.io/metallb/controller:v0.16.1-own-${key}`,
      `quay.io/metallb/speaker:v0.16.1-own-${key}`,
    ]);
    const again = await findImplementation(`metallb@0.16.1+own.${key}`);
    expect(again.ref).toEqual(own.ref);
    const context = { signal, goVersion: 'go1.26.8' };
    expect(await moduleKey(again.module, context)).toBe(await moduleKey(own.module, context));
  });

  it('says that its sources are not there', async () => {
    await expect(findImplementation('metallb@0.16.1+own.000000000000')).rejects.toMatchObject({
      exitCode: 64,
      code: 'DUALVIP_CHECKOUT_GONE',
      message: 'the sources of metallb 0.16.1+own.000000000000 are not in the cache of this machine',
    });
  });

  it.each([
    [{ name: 'cilium' }, 'DUALVIP_CHECKOUT_UNKNOWN', 'no checkout of "cilium" can be built'],
    [
      { name: 'metallb', mode: 'frr' },
      'DUALVIP_CHECKOUT_INVALID',
      'the checkout is not as MetalLB’s are: it has no config/manifests/metallb-frr.yaml',
    ],
  ])('refuses %j', async (asked, code, message) => {
    const expected = { exitCode: 64, code, message: message.replace('’', "'") };
    await expect(takeOwn({ ...asked, folder }, signal)).rejects.toMatchObject(expected);
  });

  it('refuses an image that it does not build', async () => {
    const file = path.join(folder, 'config/manifests/metallb-native.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('metallb/controller:main', 'x/proxy:1'));
    await expect(takeOwn({ name: 'metallb', folder }, signal)).rejects.toMatchObject({
      code: 'DUALVIP_CHECKOUT_INVALID',
      message:
        "the checkout is not as MetalLB's are: its config/manifests/metallb-native.yaml names an image quay.io/x/proxy:1, which it does not build",
    });
  });
});
