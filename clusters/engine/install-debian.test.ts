import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { HarnessError } from '../../base/errors.ts';
import { silent } from '../../base/progress.ts';
import { INSTALL } from './apt.ts';
import { installOnDebian, installOwn, readAptSources } from './install-debian.ts';

/** As a user meets it. */
function privilegedError(message: string): HarnessError {
  return new HarnessError('DUALVIP_ENGINE_PRIVILEGED', message, {
    hint: "kind's nodes are privileged containers: run on a machine or VM that lets root start them.",
  });
}

const BOOKWORM = { id: 'debian', versionId: '12', codename: 'bookworm', name: 'Debian 12' };
const TRIXIE = { id: 'debian', versionId: '13', codename: 'trixie', name: 'Debian 13' };

interface Machine {
  /** Whether a client is there, asked in turn. */
  clients?: boolean[];
  /** The engine's complaints about a privileged container, in turn. */
  complaints?: (string | undefined)[];
}

async function install(release: typeof BOOKWORM, { clients = [], complaints = [] }: Machine) {
  const log: string[] = [];
  const say = (text: string) => Promise.resolve(void log.push(text));
  const failure = await installOnDebian({
    release,
    progress: silent,
    steps: {
      installOwn: (packages) => say(`own ${packages.join(' ')}`),
      installFrom: (codename, packages) => say(`${codename} ${packages.join(' ')}`),
      hasClient: () => Promise.resolve(clients.shift() ?? true),
      start: () => say('start'),
      stop: () => say('stop'),
      privilegedComplaint: () => Promise.resolve(complaints.shift()),
    },
  }).catch((error: unknown) => error);
  return { log, failure };
}

describe('installOnDebian', () => {
  it("is content with the release's own engine where that starts privileged containers", async () => {
    expect(await install(BOOKWORM, {})).toEqual({ log: ['own docker.io', 'start'], failure: undefined });
  });

  it('adds the client where it is a package of its own', async () => {
    expect(await install(TRIXIE, { clients: [false] })).toEqual({
      log: ['own docker.io', 'own docker-cli', 'start'],
      failure: undefined,
    });
  });

  it("takes Debian 13's on Debian 12 where its own fails, with the client that it lacks", async () => {
    expect(await install(BOOKWORM, { clients: [true, false], complaints: ['unable to apply caps'] })).toEqual(
      {
        log: ['own docker.io', 'start', 'stop', 'trixie docker.io containerd', 'trixie docker-cli', 'start'],
        failure: undefined,
      },
    );
  });

  it('goes on after an interruption between the newer engine and its client', async () => {
    expect(await install(BOOKWORM, { clients: [false] })).toEqual({
      log: ['own docker.io', 'trixie docker-cli', 'start'],
      failure: undefined,
    });
  });

  it('says so when there is no newer one to take', async () => {
    expect(await install(TRIXIE, { complaints: ['unable to apply caps'] })).toEqual({
      log: ['own docker.io', 'start'],
      failure: privilegedError(
        'the docker.io of Debian 13 cannot start a privileged container here: unable to apply caps',
      ),
    });
  });

  it('says so when the newer one fails too', async () => {
    const { failure } = await install(BOOKWORM, { complaints: ['no', 'still no'] });
    expect(failure).toEqual(
      privilegedError('the docker.io of trixie cannot start a privileged container here: still no'),
    );
  });
});

describe('installOwn', () => {
  it('fetches the package lists only when the installation fails without', async () => {
    const calls: string[] = [];
    const failure = new HarnessError('DUALVIP_ENGINE_APT', 'Unable to locate package docker.io');
    await installOwn(
      (args) => {
        calls.push(args.find((arg) => ['update', '--download-only'].includes(arg)) ?? 'install');
        return calls.length === 1 ? Promise.reject(failure) : Promise.resolve('');
      },
      ['docker.io'],
    );
    expect(calls).toEqual(['--download-only', 'update', '--download-only', 'install']);
  });

  it('leaves the lists alone when they serve', async () => {
    const calls: (readonly string[])[] = [];
    await installOwn((args) => Promise.resolve(`${calls.push(args)}`), ['docker.io']);
    expect(calls).toEqual([
      [...INSTALL, '--download-only', 'docker.io'],
      [...INSTALL, 'docker.io'],
    ]);
  });
});

it('reads the sources in the order of apt, and no disabled file', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'dualvip-sources-'));
  try {
    const parts = path.join(folder, 'sources.list.d');
    await mkdir(parts);
    await writeFile(path.join(folder, 'sources.list'), 'deb http://1.example.org/d bookworm main\n');
    await writeFile(path.join(parts, 'b.list'), 'deb http://3.example.org/d bookworm main\n');
    const stanza = 'Types: deb\nURIs: http://2.example.org/d\nSuites: bookworm\nComponents: main\n';
    await writeFile(path.join(parts, 'a.sources'), stanza);
    await writeFile(path.join(parts, 'c.list.disabled'), 'deb http://4.example.org/d bookworm main\n');
    expect((await readAptSources(folder)).map(({ uri }) => uri)).toEqual([
      'http://1.example.org/d',
      'http://2.example.org/d',
      'http://3.example.org/d',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
