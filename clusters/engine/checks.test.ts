import { describe, expect, it } from 'vitest';

import { type Check, engineChecks } from './checks.ts';
import type { Engine } from './engine.ts';
import type { Host } from './host-checks.ts';

const GIB = 2 ** 30;

const ENGINE: Engine = {
  host: 'unix:///var/run/docker.sock',
  version: '28.1.1',
  cgroupVersion: 2,
  storageDriver: 'overlay2',
  dataRoot: '/var/lib/docker',
  memoryBytes: 8 * GIB,
  cpus: 4,
  local: true,
  startedByHarness: false,
  capSysResource: true,
  environment: {},
};

const FILES: Record<string, string> = {
  '/proc/net/if_inet6': '00000000000000000000000000000001 01 80 10 80 lo\n',
  '/proc/sys/net/ipv6/conf/all/disable_ipv6': '0\n',
  '/proc/sys/fs/inotify/max_user_instances': '512\n',
  '/proc/sys/fs/inotify/max_user_watches': '1048576\n',
};

interface Situation {
  engine?: Partial<Engine>;
  /** Undefined takes the file away. */
  files?: Record<string, string | undefined>;
  freeBytes?: number | undefined;
  platform?: NodeJS.Platform;
}

function host({ files = {}, platform = 'linux', ...rest }: Situation): Host {
  const all: Record<string, string | undefined> = { ...FILES, ...files };
  return {
    platform,
    read: (file) => Promise.resolve(all[file]),
    freeBytes: () => Promise.resolve('freeBytes' in rest ? rest.freeBytes : 64 * GIB),
  };
}

function checksOf(situation: Situation): Promise<Check[]> {
  return engineChecks({ ...ENGINE, ...situation.engine }, host(situation));
}

describe('engineChecks', () => {
  it('finds nothing wrong with a good machine, and proposes nothing', async () => {
    const checks = await checksOf({});
    expect(checks.map(({ id, found, status }) => `${id}: ${found} ${status}`)).toEqual([
      'engine: 28.1.1 at unix:///var/run/docker.sock ok',
      'cgroup: 2 ok',
      'memory: 8.0 GiB ok',
      'cap-sys-resource: there ok',
      'disk: 64.0 GiB ok',
      'ipv6: enabled ok',
      'inotify-max-user-instances: 512 ok',
      'inotify-max-user-watches: 1048576 ok',
    ]);
    expect(checks.filter((check) => 'fix' in check)).toEqual([]);
  });

  it.each<[string, Situation, Partial<Check>]>([
    [
      'too old',
      { engine: { version: '19.03.15' } },
      { id: 'engine', needed: '20.10 or later', status: 'fail' },
    ],
    ['old enough', { engine: { version: '20.10.24+dfsg1' } }, { id: 'engine', status: 'ok' }],
    [
      'too old for a machine that withholds a capability',
      { engine: { version: '20.10.24+dfsg1', capSysResource: false } },
      { id: 'engine', needed: '24.0 or later', status: 'fail', fix: 'Install Docker Engine 24.0 or later.' },
    ],
    [
      "Debian 13's there",
      { engine: { version: '26.1.5+dfsg1', capSysResource: false } },
      { id: 'engine', found: '26.1.5+dfsg1 at unix:///var/run/docker.sock', status: 'ok' },
    ],
    ['no capability', { engine: { capSysResource: false } }, { id: 'cap-sys-resource', status: 'warn' }],
    ['cgroup version 1', { engine: { cgroupVersion: 1 } }, { id: 'cgroup', found: '1', status: 'warn' }],
    ['nominally 4 GB', { engine: { memoryBytes: 4 * 10 ** 9 } }, { id: 'memory', status: 'ok' }],
    ['2 GiB', { engine: { memoryBytes: 2 * GIB } }, { id: 'memory', found: '2.0 GiB', status: 'fail' }],
    ['little disk', { freeBytes: 7 * GIB }, { id: 'disk', found: '7.0 GiB', status: 'warn' }],
    ['no disk', { freeBytes: 4 * GIB }, { id: 'disk', found: '4.0 GiB', status: 'fail' }],
    [
      'a disk that cannot be asked',
      { freeBytes: undefined },
      { id: 'disk', found: 'unknown', status: 'warn' },
    ],
    [
      'no IPv6 in the kernel',
      { files: { '/proc/net/if_inet6': undefined } },
      { id: 'ipv6', found: 'not there', status: 'fail' },
    ],
    [
      'IPv6 switched off',
      { files: { '/proc/sys/net/ipv6/conf/all/disable_ipv6': '1\n' } },
      {
        id: 'ipv6',
        found: 'disabled',
        status: 'fail',
        fix: 'sysctl -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0',
      },
    ],
    [
      "the kernel's default of inotify instances",
      { files: { '/proc/sys/fs/inotify/max_user_instances': '128\n' } },
      {
        id: 'inotify-max-user-instances',
        found: '128',
        needed: '512 for several clusters at once',
        status: 'warn',
        fix: 'sysctl -w fs.inotify.max_user_instances=512',
      },
    ],
    [
      'a limit that cannot be read',
      { files: { '/proc/sys/fs/inotify/max_user_watches': undefined } },
      { id: 'inotify-max-user-watches', found: 'unknown', status: 'warn' },
    ],
  ])('%s', async (_name, situation, expected) => {
    const checks = await checksOf(situation);
    expect(checks.find(({ id }) => id === expected.id)).toMatchObject(expected);
  });

  it.each<[string, Situation]>([
    ["in a VM of this Linux's user", { engine: { local: false } }],
    ['on macOS', { engine: { local: false }, platform: 'darwin' }],
  ])('asks only the engine where it runs elsewhere: %s', async (_name, situation) => {
    expect((await checksOf(situation)).map(({ id }) => id)).toEqual(['engine', 'cgroup', 'memory']);
  });

  it('still looks at this machine where no engine answers', async () => {
    const checks = await engineChecks(undefined, host({}));
    expect(checks.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'engine fail',
      'ipv6 ok',
      'inotify-max-user-instances ok',
      'inotify-max-user-watches ok',
    ]);
    expect(checks[0]).toMatchObject({
      found: 'none that answers',
      fix: 'Install and start Docker. On Debian, as root, the harness offers to do it.',
    });
  });
});
