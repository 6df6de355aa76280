import { createInterface } from 'node:readline';

import { execa } from 'execa';
import { z } from 'zod';

import { FAMILIES, type Family } from '../../base/addresses.ts';
import { converge } from '../../base/converge.ts';
import { HarnessError } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { Docker } from '../../clusters/docker.ts';
import { NO_WAY_OFF } from '../probe/ip-command.ts';
import { DAEMONS, routerConfig } from './router-config.ts';
import type { Bgp } from '../scenario/pool.ts';
import { EMPTY_TABLE, parseLearned, routesCommand, sameTable, type RouteTable } from './route-table.ts';
import { ESTABLISHED, notYet, parseBfd, parseSessions, serves, type Session } from './sessions.ts';

export interface BgpRouterOptions {
  docker: Docker;
  /** FRR's image. */
  image: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  /** The nodes' network, and the client's. */
  networks: readonly [string, string];
  /** The nodes' addresses on the first. */
  nodes: readonly Partial<Record<Family, string>>[];
  bgp: Bgp;
  signal: AbortSignal;
}

export type SessionState = 'up' | 'down' | 'reset';

/** A router that speaks BGP with the nodes, between their network and the client's. */
export interface BgpRouter extends AsyncDisposable {
  readonly id: string;
  /** On the nodes' network, and on the client's. */
  readonly addresses: readonly [Record<Family, string>, Record<Family, string>];
  sessions(signal?: AbortSignal): Promise<Session[]>;
  /** Resolves when all sessions are established, and watched where they are to be, and gives them. @throws HarnessError `DUALVIP_TIMEOUT` */
  whenEstablished(signal: AbortSignal): Promise<Session[]>;
  /** Brings the sessions over one family up or down, or resets them, and waits until it is so. */
  set(family: Family, state: SessionState, signal: AbortSignal): Promise<void>;
  /** Calls back with the routes learned, now and after each change, until the signal. */
  follow(onTable: (table: RouteTable) => void, signal: AbortSignal): Promise<void>;
  /** What a maintainer asks for: file name → content. */
  evidence(signal: AbortSignal): Promise<Record<string, string>>;
}

/** Which the kernel spreads by addresses and ports, so that the connections of one client take all paths. */
const SYSCTLS = [
  'net.ipv4.ip_forward=1',
  'net.ipv6.conf.all.forwarding=1',
  'net.ipv4.fib_multipath_hash_policy=1',
  'net.ipv6.fib_multipath_hash_policy=1',
];

/**
 * Starts the router's container and FRR in it. It has no default route, and learns what the nodes announce.
 * @throws HarnessError `DUALVIP_COMMAND_FAILED`, `DUALVIP_ROUTER_NO_ADDRESS`; nothing is left of it then
 */
export async function startBgpRouter(options: BgpRouterOptions): Promise<BgpRouter> {
  const { docker, image, name, labels, networks, nodes, bgp, signal } = options;
  await using stack = new AsyncDisposableStack();
  const id = await docker.run(
    [
      ...['run', '--detach', '--pull', 'never', '--name', name, '--network', networks[0]],
      ...['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN'].flatMap((capability) => ['--cap-add', capability]),
      ...SYSCTLS.flatMap((one) => ['--sysctl', one]),
      ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
      ...[image, 'sleep', 'infinity'],
    ],
    { signal, hint: `It takes the image ${image} and the network ${networks[0]}.` },
  );
  stack.defer(async () => void (await docker.run(['rm', '--force', '--volumes', id])));
  await docker.run(['network', 'connect', networks[1], id], { signal });
  const addresses = await addressesOf(id, options);
  const script = (text: string, input?: string) =>
    docker.run(['exec', '--interactive', id, 'sh', '-c', text], { signal, input: input ?? '' });
  await script(NO_WAY_OFF);
  await script('cat > /etc/frr/daemons', DAEMONS);
  await script('cat > /etc/frr/vtysh.conf', 'service integrated-vtysh-config\n');
  await script('cat > /etc/frr/frr.conf', routerConfig({ id: addresses[0].IPv4, nodes, bgp }));
  await docker.run(['exec', '--detach', id, '/sbin/tini', '-s', '--', '/usr/lib/frr/docker-start'], {
    signal,
  });
  const vtysh = (commands: readonly string[], stop?: AbortSignal) =>
    docker.run(['exec', id, 'vtysh', ...commands.flatMap((one) => ['-c', one])], { signal: stop });
  const sessions = async (stop?: AbortSignal) => {
    const all = parseSessions(await vtysh(['show bgp summary json'], stop));
    if (!bgp.bfd) return all;
    const seen = parseBfd(await vtysh(['show bfd peers json'], stop));
    return all.map((one) => ({ ...one, bfd: seen.get(one.peer) ?? 'unknown' }));
  };
  const whenSessions = (what: string, until: (all: readonly Session[]) => string, stop: AbortSignal) =>
    converge({
      what,
      observe: (attempt) => sessions(attempt),
      until: (all) => all.length > 0 && until(all) === '',
      timeoutMs: timeoutMs('sessions'),
      intervalMs: 200,
      signal: stop,
    });
  // FRR reads its configuration after its daemons have come up.
  await whenSessions('the BGP of the router', () => '', signal);
  const neighbours = (family: Family) =>
    nodes.flatMap(({ [family]: address }) => (address === undefined ? [] : [address]));
  const started = stack.move();
  return {
    id,
    addresses,
    sessions,
    whenEstablished: (stop) => whenSessions('BGP sessions of all nodes', (all) => notYet(all, serves), stop),
    async set(family, state, stop) {
      const ours = (all: readonly Session[]) => all.filter((one) => one.family === family);
      if (state === 'reset') {
        await vtysh(
          neighbours(family).map((address) => `clear bgp ${address}`),
          stop,
        );
      } else {
        await vtysh(
          [
            'configure terminal',
            'router bgp',
            ...neighbours(family).map((one) => `${state === 'up' ? 'no ' : ''}neighbor ${one} shutdown`),
          ],
          stop,
        );
      }
      const wanted = (one: Session) => (one.state === ESTABLISHED) === (state !== 'down');
      await whenSessions(`the ${family} sessions: ${state}`, (all) => notYet(ours(all), wanted), stop);
    },
    follow: (onTable, stop) => follow({ docker, id, onTable, signal: stop }),
    evidence: (stop) => evidence(docker, id, stop),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

interface FollowOptions {
  docker: Docker;
  id: string;
  onTable: (table: RouteTable) => void;
  signal: AbortSignal;
}

/** `ip monitor` tells that something changed, and the table is then read as it is. */
async function follow({ docker, id, onTable, signal }: FollowOptions): Promise<void> {
  let last: RouteTable | undefined;
  let reading: Promise<void> | undefined;
  let again = false;
  const read = async () => {
    do {
      again = false;
      const [IPv4, IPv6] = await Promise.all(
        FAMILIES.map(async (family) =>
          parseLearned(await docker.run(['exec', id, ...routesCommand(family)], { signal }), family),
        ),
      );
      const table = { IPv4: IPv4 ?? [], IPv6: IPv6 ?? [] };
      if (!sameTable(last ?? EMPTY_TABLE, table)) onTable(table);
      last = table;
    } while (again);
    reading = undefined;
  };
  const monitor = execa('docker', ['exec', id, 'ip', 'monitor', 'route'], {
    env: docker.environment,
    extendEnv: false,
    buffer: false,
    reject: false,
    cancelSignal: signal,
  });
  const failed = Promise.withResolvers<never>();
  const changed = () => {
    again = true;
    reading ??= read();
    reading.catch((error: unknown) => failed.reject(error));
  };
  createInterface({ input: monitor.stdout }).on('line', changed);
  // What there was before the monitor listened.
  changed();
  const ended = async () => {
    const { shortMessage } = await monitor;
    signal.throwIfAborted();
    throw new HarnessError(
      'DUALVIP_ROUTER_LOST',
      `the router's routes are not told any more: ${shortMessage ?? 'it ended'}`,
      {
        hint: "See whether the router's container still runs, and run again.",
      },
    );
  };
  await Promise.race([ended(), failed.promise]);
}

const SHOWN: Readonly<Record<string, string>> = {
  'router/bgp.txt':
    'vtysh -c "show bgp summary" -c "show bgp ipv4 unicast" -c "show bgp ipv6 unicast" -c "show bfd peers"',
  'router/neighbours.txt': 'vtysh -c "show bgp neighbors"',
  'router/configuration.txt': 'vtysh -c "show running-config"',
  'router/routes.txt': 'ip address; ip route; ip -6 route; ip neigh',
  'router/frr.log': 'tail -n 2000 /var/log/frr/frr.log',
};

async function evidence(docker: Docker, id: string, signal: AbortSignal): Promise<Record<string, string>> {
  const files = Object.entries(SHOWN).map(async ([name, script]) => {
    const content = await docker
      .run(['exec', id, 'sh', '-c', script], { signal })
      .catch((error: unknown) => `could not be taken: ${String(error)}\n`);
    return [name, content] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

const networksSchema = z.record(
  z.string(),
  z.looseObject({ IPAddress: z.string(), GlobalIPv6Address: z.string() }),
);

async function addressesOf(
  id: string,
  { docker, networks, name, signal }: BgpRouterOptions,
): Promise<[Record<Family, string>, Record<Family, string>]> {
  const format = '{{json .NetworkSettings.Networks}}';
  const text = await docker.run(['container', 'inspect', '--format', format, id], { signal });
  const all = networksSchema.parse(JSON.parse(text));
  const on = (network: string) => {
    const addresses = {
      IPv4: all[network]?.IPAddress ?? '',
      IPv6: all[network]?.GlobalIPv6Address ?? '',
    };
    const missing = FAMILIES.find((family) => addresses[family] === '');
    if (missing === undefined) return addresses;
    throw new HarnessError(
      'DUALVIP_ROUTER_NO_ADDRESS',
      `the router ${name} got no ${missing} address on network ${network}`,
      {
        hint: `\`docker network inspect ${network}\` shows its subnets; one of each family has to have room.`,
      },
    );
  };
  return [on(networks[0]), on(networks[1])];
}
