import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { INSTALL } from './apt.ts';
import { installScoped, requireMirror, scopedOptions } from './scoped-source.ts';

describe('installScoped', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'dualvip-scoped-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  function install(simulation: string, calls: string[][]): Promise<void> {
    return installScoped({
      source: { codename: 'trixie', mirror: 'http://a.example.org/debian', folder },
      packages: ['docker.io', 'containerd'],
      aptGet: (args) => {
        calls.push([...args]);
        return Promise.resolve(args.includes('--simulate') ? simulation : '');
      },
    });
  }

  it('updates, simulates and installs with a source and preferences of its own', async () => {
    const calls: string[][] = [];
    await install('Inst docker.io [20] (26 Debian:13 [amd64])\n', calls);
    const options = scopedOptions(folder);
    const named = ['docker.io/trixie', 'containerd/trixie'];
    expect(calls).toEqual([
      [...options, 'update'],
      [...options, ...INSTALL, '--simulate', ...named],
      [...INSTALL, '--download-only', ...options, ...named],
      [...INSTALL, ...options, ...named],
    ]);
    expect(await readFile(path.join(folder, 'sources', 'trixie.sources'), 'utf8')).toBe(
      'Types: deb\nURIs: http://a.example.org/debian\nSuites: trixie\nComponents: main\n' +
        'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
    );
    expect(await readFile(path.join(folder, 'preferences'), 'utf8')).toBe(
      'Package: *\nPin: release n=trixie\nPin-Priority: -1\n\n' +
        'Package: docker.io containerd docker-cli\nPin: release n=trixie\nPin-Priority: 990\n',
    );
  });

  it('changes nothing when the simulation shows another package', async () => {
    const calls: string[][] = [];
    await expect(install('Inst libc6 [2.36] (2.41 Debian:13 [amd64])\n', calls)).rejects.toThrow(
      'to install docker.io, containerd, apt-get would also upgrade libc6',
    );
    expect(calls).toHaveLength(2);
  });
});

it('hides the sources, preferences and caches of the machine', () => {
  expect(scopedOptions('/c').join(' ')).toBe(
    '-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=/c/sources' +
      ' -o Dir::Etc::preferences=/c/preferences -o Dir::Etc::preferencesparts=/dev/null' +
      ' -o Dir::State::lists=/c/lists -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=' +
      ' -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
  );
});

it('says so when the machine has no mirror', () => {
  expect(requireMirror('http://a.example.org/debian', 'bookworm')).toBe('http://a.example.org/debian');
  expect(() => requireMirror(undefined, 'bookworm')).toThrow(
    "apt's sources on this machine name no archive with the suite bookworm",
  );
});
