import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { HarnessError } from '../../base/errors.ts';
import { aptGet, aptInstall, refuseOtherChanges, simulatedChanges } from './apt.ts';

const SAFE = `NOTE: This is only a simulation!
Reading package lists...
Suggested packages:
  aufs-tools btrfs-progs
Inst containerd [1.6.20~ds1-1+deb12u3] (1.7.24~ds1-6+deb13u1 Debian:13.7/stable [amd64])
Inst docker.io [20.10.24+dfsg1-1+deb12u1+b6] (26.1.5+dfsg1-9+deb13u1 Debian:13.7/stable [amd64])
Conf containerd (1.7.24~ds1-6+deb13u1 Debian:13.7/stable [amd64])
Conf docker.io (26.1.5+dfsg1-9+deb13u1 Debian:13.7/stable [amd64])
`;

/** What apt-get answers when runc, too, is asked for by name. */
const WITH_LIBC = `Remv docker-ce [5:27.0.1]
Inst base-files [12.4+deb12u15] (13.8+deb13u7 Debian:13.7/stable [amd64])
Inst libc6 [2.36-9+deb12u14] (2.41-12+deb13u4 Debian:13.7/stable [amd64]) [libc-bin:amd64 ]
Inst libc-bin [2.36-9+deb12u14] (2.41-12+deb13u4 Debian:13.7/stable [amd64])
Inst gcc-14-base (14.2.0-19 Debian:13.7/stable [amd64])
Inst dpkg [1.21.23] (1.22.22 Debian:13.7/stable [amd64])
Inst runc [1.1.5+ds1-1+deb12u1] (1.1.15+ds1-2+b4 Debian:13.7/stable [amd64])
Inst zstd [1.5.4+dfsg2-5] (1.5.7+dfsg-1 Debian:13.7/stable [amd64])
Inst docker.io [20.10.24+dfsg1-1+deb12u1+b6] (26.1.5+dfsg1-9+deb13u1 Debian:13.7/stable [amd64])
`;

describe('the guard of a simulated installation', () => {
  it('lets the named packages change', () => {
    const changes = simulatedChanges(SAFE);
    expect(changes).toEqual([
      { action: 'upgrade', name: 'containerd' },
      { action: 'upgrade', name: 'docker.io' },
    ]);
    expect(() => refuseOtherChanges(changes, ['docker.io', 'containerd'])).not.toThrow();
  });

  it('refuses a libc, a removal and whatever else was not named', () => {
    expect(() => refuseOtherChanges(simulatedChanges(WITH_LIBC), ['docker.io', 'containerd'])).toThrow(
      new HarnessError(
        'DUALVIP_ENGINE_APT_UNSAFE',
        'to install docker.io, containerd, apt-get would also remove docker-ce, upgrade base-files, ' +
          'upgrade libc6, upgrade libc-bin, install gcc-14-base, upgrade dpkg and 2 more',
        { hint: 'Nothing was changed. Install a Docker engine of version 24 or later by hand.' },
      ),
    );
  });

  it('refuses to remove even a named package', () => {
    expect(() => refuseOtherChanges([{ action: 'remove', name: 'containerd' }], ['containerd'])).toThrow(
      'to install containerd, apt-get would also remove containerd',
    );
  });
});

describe('aptGet', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'dualvip-apt-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps all that was said in the log, and passes each line on', async () => {
    const log = path.join(folder, 'engine', 'apt.log');
    const details: string[] = [];
    const apt = aptGet({
      log,
      detail: (line) => details.push(line),
      command: (_file, _args, options) => {
        options?.onLine?.('Reading package lists...');
        options?.onLine?.('');
        return Promise.resolve('out');
      },
    });
    expect(await apt(['update'])).toBe('out');
    expect(await apt(['install', 'x'])).toBe('out');
    expect(details).toEqual(['Reading package lists...', 'Reading package lists...']);
    expect(await readFile(log, 'utf8')).toBe(
      '$ apt-get update\nReading package lists...\n\n$ apt-get install x\nReading package lists...\n\n',
    );
  });

  it('does not begin when aborted, and interrupts nothing that must not be', async () => {
    const log = path.join(folder, 'apt.log');
    const stop = new AbortController();
    const signals: (AbortSignal | undefined)[] = [];
    const apt = aptGet({
      log,
      detail: () => {},
      signal: stop.signal,
      command: (_file, _args, options) => Promise.resolve(`${signals.push(options?.signal)}`),
    });
    await aptInstall(apt, ['docker.io']);
    expect(signals).toEqual([stop.signal, undefined]);
    stop.abort(new Error('interrupted'));
    await expect(aptInstall(apt, ['docker.io'])).rejects.toThrow('interrupted');
    expect(signals).toHaveLength(2);
  });

  it('names the log with a failure', async () => {
    const log = path.join(folder, 'apt.log');
    const failure = new HarnessError('DUALVIP_COMMAND_FAILED', 'apt-get update: exit code 100');
    const apt = aptGet({
      log,
      detail: () => {},
      command: (_file, _args, options) => {
        options?.onLine?.('E: Unable to locate package docker.io');
        return Promise.reject(failure);
      },
    });
    await expect(apt(['update'])).rejects.toMatchObject({
      code: 'DUALVIP_ENGINE_APT',
      message: 'apt-get: Unable to locate package docker.io',
      evidence: log,
      cause: failure,
    });
    expect(await readFile(log, 'utf8')).toBe('$ apt-get update\nE: Unable to locate package docker.io\n');
  });

  it('falls back on the command when apt-get could not say why', async () => {
    const failure = new HarnessError('DUALVIP_COMMAND_NOT_FOUND', 'apt-get: no such program');
    const log = path.join(folder, 'apt.log');
    const apt = aptGet({ log, detail: () => {}, command: () => Promise.reject(failure) });
    await expect(apt(['update'])).rejects.toThrow('apt-get: no such program');
  });
});
