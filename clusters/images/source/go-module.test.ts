import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import semver from 'semver';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { fakePrograms } from '../../fake-program.ts';
import { findImplementation, knownModes } from '../../implementations/registry.ts';
import { goContext, moduleKey, MODULES_FOLDER, upstreamVersion, type GoModule } from './go-module.ts';
import { MODULES, modulesOf } from './modules.ts';

const { signal } = new AbortController();
const CONTEXT = { signal, goVersion: 'go1.26.8' };

const implementations = await Promise.all((await knownModes()).map(findImplementation));
const ALL: GoModule[] = [
  ...new Map(
    [...Object.values(MODULES), ...implementations.flatMap(modulesOf)].map((one) => [one.name, one] as const),
  ).values(),
];

describe('upstreamVersion', () => {
  it.each(ALL)('of $name is what its go.mod requires', async (module) => {
    const version = await upstreamVersion(module);
    expect(version).toMatch(/^v\d/);
    expect(semver.valid(version)).not.toBeNull();
    const text = await readFile(path.join(MODULES_FOLDER, module.name, 'go.mod'), 'utf8');
    expect(text.match(/\S+ v\S+/g)).toContain(`${module.upstream} ${version}`);
  });

  it('knows every folder under modules/', async () => {
    expect(ALL.map(({ name }) => name).sort()).toEqual((await readdir(MODULES_FOLDER)).sort());
  });
});

/** A module in a temporary folder, named by its way from modules/. */
let folder: string;
let module: GoModule;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dualvip-module-'));
  await cp(path.join(MODULES_FOLDER, MODULES.kind.name), folder, { recursive: true });
  module = { name: path.relative(MODULES_FOLDER, folder), upstream: MODULES.kind.upstream };
});
afterEach(() => rm(folder, { recursive: true }));

const writeModule = (text: string) => writeFile(path.join(folder, 'go.mod'), text);

describe('upstreamVersion of a go.mod', () => {
  it.each([
    ['require sigs.k8s.io/kind v1.2.3\n', 'v1.2.3'],
    ['require (\n\tsigs.k8s.io/kind v1.2.3-rc.1 // indirect\n)\n', 'v1.2.3-rc.1'],
    [
      'tool sigs.k8s.io/kind\n\nrequire (\n\ta.b/sigs.k8s.io/kind v9\n\tsigs.k8s.io/kind v1.2.3\n)\n',
      'v1.2.3',
    ],
    ['replace sigs.k8s.io/kind => x.y/kind v9.9.9\nrequire sigs.k8s.io/kind v1.2.3\n', 'v1.2.3'],
  ])('%j', async (text, version) => {
    await writeModule(text);
    expect(await upstreamVersion(module)).toBe(version);
  });

  it.each(['require sigs.k8s.io/kind/v2 v2.0.0\n', 'require sigsxk8s.io/kind v1.0.0\n', ''])(
    'fails where it requires another: %j',
    async (text) => {
      await writeModule(text);
      await expect(upstreamVersion(module)).rejects.toEqual(
        new Error(`${module.name}/go.mod does not require sigs.k8s.io/kind`),
      );
    },
  );
});

describe('moduleKey', () => {
  it('is the same for the same', async () => {
    const key = await moduleKey(module, CONTEXT);
    expect(key).toMatch(/^[0-9a-f]{12}$/);
    expect(await moduleKey({ ...module }, { ...CONTEXT })).toBe(key);
  });

  it.each(['go.mod', 'go.sum'])('changes with %s', async (file) => {
    const before = await moduleKey(module, CONTEXT);
    const text = await readFile(path.join(folder, file), 'utf8');
    await writeFile(path.join(folder, file), `${text}\n`);
    expect(await moduleKey(module, CONTEXT)).not.toBe(before);
  });

  it('changes with the build’s flags and with Go', async () => {
    const tags = ['netgo'];
    const variables = ['x.y/version.Version'];
    const keys = await Promise.all([
      moduleKey(module, CONTEXT),
      moduleKey({ ...module, tags }, CONTEXT),
      moduleKey({ ...module, tags: [...tags, 'osusergo'] }, CONTEXT),
      moduleKey({ ...module, versionVariables: variables }, CONTEXT),
      // Of the same words in the other place.
      moduleKey({ ...module, versionVariables: tags }, CONTEXT),
      moduleKey(module, { ...CONTEXT, goVersion: 'go1.26.9' }),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('goContext', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('asks Go for its version', async () => {
    await using programs = await fakePrograms({ go: '[ "$*" = "env GOVERSION" ] && echo go1.99.0' });
    vi.stubEnv('PATH', programs.path);
    expect(await goContext(signal)).toEqual({ signal, goVersion: 'go1.99.0' });
  });

  it('says what there is without Go', async () => {
    await using programs = await fakePrograms({});
    vi.stubEnv('PATH', programs.path);
    await expect(goContext(signal)).rejects.toMatchObject({
      code: 'DUALVIP_GO_MISSING',
      message: 'building images from source needs Go, and there is none',
      hint: 'Install Go 1.26 or later (https://go.dev/dl), or use published images: --images published.',
    });
    await expect(goContext(AbortSignal.abort(new Error('interrupted')))).rejects.toThrow('interrupted');
  });
});
