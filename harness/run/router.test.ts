import { describe, expect, it } from 'vitest';

import { parseAddress } from '../../base/addresses.ts';
import { startRouter } from './router.ts';

const signal = new AbortController().signal;
const range = (first: string, last: string) => ({ first: parseAddress(first), last: parseAddress(last) });
const RANGES = [range('172.18.255.240', '172.18.255.247'), range('fd00:aaaa::fff0', 'fd00:aaaa::fff7')];
const BOTH = { IPAddress: '172.18.0.9', GlobalIPv6Address: 'fd00:aaaa::9' };

/** An engine that writes down what it is asked; `fails`: the begin of the command that it cannot do. */
function setUp({ networks = { demo: BOTH }, fails }: { networks?: object; fails?: string } = {}) {
  const commands: string[] = [];
  const docker = {
    run(args: readonly string[], { input }: { input?: string | Uint8Array } = {}): Promise<string> {
      const command = args.join(' ');
      commands.push(typeof input === 'string' ? `${command} < ${input}` : command);
      if (fails !== undefined && command.startsWith(fails)) return Promise.reject(new Error(`no ${fails}`));
      if (args[0] === 'run') return Promise.resolve('r0uter');
      return Promise.resolve(args[0] === 'container' ? JSON.stringify(networks) : '');
    },
  };
  const start = () =>
    startRouter({
      docker,
      network: 'demo',
      image: 'probe:1',
      name: 'demo-router',
      labels: { 'dev.dualvip.run': 'run-1' },
      probe: 'pr0be',
      ranges: RANGES,
      signal,
    });
  return { commands, start };
}

const REMOVED = 'rm --force --volumes r0uter';

describe('startRouter', () => {
  it('makes a router that leads nowhere, then sends the probe through it for good, each family by its own', async () => {
    const { commands, start } = setUp();
    await start();
    const privileged = 'run --privileged --pull never --label dev.dualvip.run=run-1';
    expect(commands).toEqual([
      `${privileged} --detach --name demo-router --network demo probe:1 sleep infinity`,
      [
        'exec r0uter sh -c set -e',
        'ip -4 route flush exact default',
        'ip -6 route flush exact default',
        'echo 0 > /proc/sys/net/ipv4/ip_forward',
        'echo 0 > /proc/sys/net/ipv6/conf/all/forwarding',
      ].join('\n'),
      [
        `${privileged} --rm --network container:pr0be probe:1 sh -c set -e`,
        'echo 0 > /proc/sys/net/ipv4/conf/all/accept_redirects',
        'echo 0 > /proc/sys/net/ipv4/conf/eth0/accept_redirects',
        'echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_redirects',
      ].join('\n'),
      'container inspect --format {{json .NetworkSettings.Networks}} r0uter',
      'exec --interactive pr0be ip -4 -batch - < route replace 172.18.255.240/29 via 172.18.0.9\n',
      'exec --interactive pr0be ip -6 -batch - < route replace fd00:aaaa::fff0/125 via fd00:aaaa::9\n',
    ]);
  });

  it('forwards the families that are named, and no other', async () => {
    const { commands, start } = setUp();
    const router = await start();
    await router.forward(['IPv4'], signal);
    await router.forward(['IPv6', 'IPv4'], signal);
    expect(commands.slice(-2)).toEqual([
      'exec r0uter sh -c echo 1 > /proc/sys/net/ipv4/ip_forward\necho 0 > /proc/sys/net/ipv6/conf/all/forwarding',
      'exec r0uter sh -c echo 1 > /proc/sys/net/ipv4/ip_forward\necho 1 > /proc/sys/net/ipv6/conf/all/forwarding',
    ]);
  });

  it('takes the routes back before the router goes', async () => {
    const { commands, start } = setUp();
    const router = await start();
    await router[Symbol.asyncDispose]();
    expect(commands.slice(-3)).toEqual([
      'exec --interactive pr0be ip -6 -batch - < route del fd00:aaaa::fff0/125 via fd00:aaaa::9\n',
      'exec --interactive pr0be ip -4 -batch - < route del 172.18.255.240/29 via 172.18.0.9\n',
      REMOVED,
    ]);
  });

  it('leaves nothing when it cannot be completed', async () => {
    const { commands, start } = setUp({ fails: 'exec --interactive pr0be ip -6' });
    await expect(start()).rejects.toThrow('no exec --interactive pr0be ip -6');
    expect(commands.slice(-2)).toEqual([
      'exec --interactive pr0be ip -4 -batch - < route del 172.18.255.240/29 via 172.18.0.9\n',
      REMOVED,
    ]);
  });

  it('tells which family the network has not given it', async () => {
    const { commands, start } = setUp({ networks: { demo: { ...BOTH, GlobalIPv6Address: '' } } });
    await expect(start()).rejects.toMatchObject({
      code: 'DUALVIP_ROUTER_NO_ADDRESS',
      message: 'the router demo-router got no IPv6 address on network demo',
    });
    expect(commands.at(-1)).toBe(REMOVED);
  });
});
