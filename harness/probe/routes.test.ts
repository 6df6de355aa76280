import { describe, expect, it } from 'vitest';

import { isolate, leadsOut, readRoutes, type Route } from './routes.ts';

interface Entry {
  type?: string;
  dst: string;
  [key: string]: unknown;
}

const LINK4: Entry = { dst: '172.18.0.0/16', dev: 'eth0', protocol: 'kernel', prefsrc: '172.18.0.2' };
const LINK6: Entry = { dst: 'fd00:aaaa::/64', dev: 'eth0', protocol: 'kernel', metric: 256 };
const LOCAL6: Entry = { type: 'local', dst: 'fd00:aaaa::2', dev: 'eth0', table: 'local', metric: 0 };
const OUT4: Entry = { dst: 'default', gateway: '172.18.0.1', dev: 'eth0' };
const OUT6: Entry = { dst: 'default', gateway: 'fd00:aaaa::1', dev: 'eth0', metric: 1024 };

/** Route tables as `ip` keeps them; `deletes` says whether deleting has an effect. */
function fakeIp(tables: { '-4': Entry[]; '-6': Entry[] }, deletes = true) {
  const changes: string[] = [];
  const ip = (args: readonly string[]): Promise<string> => {
    const flag = args.includes('-4') ? '-4' : '-6';
    if (args.includes('show')) return Promise.resolve(JSON.stringify(tables[flag]));
    changes.push(args.join(' '));
    const [, , verb, ...rest] = args;
    if (verb === 'del' && deletes) {
      tables[flag] = tables[flag].filter(({ dst, gateway }) => !(dst === rest[0] && gateway !== undefined));
    }
    if (verb === 'replace') tables[flag].push({ type: 'unreachable', dst: 'default', metric: 1 });
    return Promise.resolve('');
  };
  return { ip, changes };
}

describe('isolate', () => {
  it('removes the ways out of both families and puts dead ends in their place', async () => {
    const { ip, changes } = fakeIp({ '-4': [OUT4, LINK4], '-6': [LINK6, OUT6, LOCAL6] });
    await isolate(ip);
    expect(changes).toEqual([
      '-4 route del default dev eth0',
      '-6 route del default dev eth0 metric 1024',
      '-4 route replace unreachable default metric 1',
      '-6 route replace unreachable default metric 1',
    ]);
    expect(
      (await readRoutes(ip)).map(({ family, type, destination }) => `${family} ${type} ${destination}`),
    ).toEqual([
      'IPv4 unicast 172.18.0.0/16',
      'IPv4 unreachable default',
      'IPv6 unicast fd00:aaaa::/64',
      'IPv6 local fd00:aaaa::2',
      'IPv6 unreachable default',
    ]);
  });

  it('removes a route to some prefix by a gateway too, in its table', async () => {
    const detour: Entry = { dst: '10.0.0.0/8', gateway: '172.18.0.9', dev: 'eth0', table: '100' };
    const { ip, changes } = fakeIp({ '-4': [LINK4, detour], '-6': [LINK6] });
    await isolate(ip);
    expect(changes[0]).toBe('-4 route del 10.0.0.0/8 dev eth0 table 100');
  });

  it('deletes nothing the second time', async () => {
    const { ip, changes } = fakeIp({ '-4': [OUT4], '-6': [OUT6] });
    await isolate(ip);
    await isolate(ip);
    expect(changes.filter((change) => change.includes(' del '))).toHaveLength(2);
  });

  it('fails, in bounded time, when a way out stays', async () => {
    const { ip, changes } = fakeIp({ '-4': [LINK4], '-6': [OUT6] }, false);
    await expect(isolate(ip)).rejects.toMatchObject({
      code: 'DUALVIP_PROBE_HAS_ROUTE',
      message: 'the probe has a route out of its network: IPv6 default via fd00:aaaa::1 dev eth0',
    });
    expect(changes.filter((change) => change.includes(' del '))).toHaveLength(8);
  });
});

const route = (over: Partial<Route>): Route => ({
  family: 'IPv6',
  type: 'unicast',
  destination: 'fd00:aaaa::/64',
  gateway: undefined,
  device: 'eth0',
  metric: undefined,
  table: undefined,
  ...over,
});

describe('leadsOut', () => {
  it.each([
    ['the link itself', {}, false],
    ['any gateway', { gateway: 'fd00:aaaa::9' }, true],
    ['a default route without a gateway, which a proxy may answer on', { destination: 'default' }, true],
    ['an unreachable default', { destination: 'default', type: 'unreachable' }, false],
    ['a blackhole', { destination: 'default', type: 'blackhole' }, false],
    ['an address of its own', { type: 'local', destination: 'fd00:aaaa::2' }, false],
  ])('knows %s', (_what, over, expected) => {
    expect(leadsOut(route(over))).toBe(expected);
  });
});

describe('readRoutes', () => {
  it('finds the gateway of a route with several next hops, and of the other family', async () => {
    const hops = [
      { gateway: 'fd00:aaaa::1', dev: 'eth0' },
      { gateway: 'fd00:aaaa::3', dev: 'eth0' },
    ];
    const { ip } = fakeIp({
      '-4': [{ dst: 'default', via: { family: 'inet6', host: 'fe80::1' }, dev: 'eth0' }],
      '-6': [{ dst: 'default', nexthops: hops }],
    });
    expect((await readRoutes(ip)).map(({ family, gateway }) => [family, gateway])).toEqual([
      ['IPv4', 'fe80::1'],
      ['IPv6', 'fd00:aaaa::1'],
    ]);
  });
});
