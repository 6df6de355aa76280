import { z } from 'zod';

import { FAMILIES, familyOf, type Address, type Family } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import type { Docker } from '../../clusters/docker.ts';
import { IP_FLAG, NO_WAY_OFF } from '../probe/ip-command.ts';
import { prefixesOf } from '../scenario/prefixes.ts';

export interface RouterOptions {
  docker: Pick<Docker, 'run'>;
  /** The bridge that probe and nodes are on. */
  network: string;
  /** The probe's image: a shell and iproute2. */
  image: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  /** The id of the probe's container. */
  probe: string;
  /** What the probe reaches by way of the router, and by nothing else. */
  ranges: readonly { first: Address; last: Address }[];
  signal: AbortSignal;
}

/** A router between the probe and some addresses. Disposing it gives the probe its own routes back. */
export interface Router extends AsyncDisposable {
  /** From now on it forwards these families, and drops what is of another one without a word. */
  forward(families: readonly Family[], signal: AbortSignal): Promise<void>;
}

const FORWARDING: Readonly<Record<Family, string>> = {
  IPv4: '/proc/sys/net/ipv4/ip_forward',
  IPv6: '/proc/sys/net/ipv6/conf/all/forwarding',
};

/**
 * Starts a router on the nodes' own link and sends the probe's packets to the ranges through it. What comes back
 * takes the straight way, as the probe is on the link. It forwards nothing at first.
 * @throws HarnessError `DUALVIP_COMMAND_FAILED`, `DUALVIP_ROUTER_NO_ADDRESS`; nothing is left of it then
 */
export async function startRouter(options: RouterOptions): Promise<Router> {
  const { docker, network, image, name, labels, probe, signal } = options;
  await using stack = new AsyncDisposableStack();
  // /proc/sys can be written in no other container than a privileged one.
  const privileged = [
    ...['run', '--privileged', '--pull', 'never'],
    ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
  ];
  const id = await docker.run(
    [...privileged, '--detach', '--name', name, '--network', network, image, 'sleep', 'infinity'],
    { signal, hint: `It takes the image ${image}, the network ${network} and privileged containers.` },
  );
  stack.defer(async () => void (await docker.run(['rm', '--force', '--volumes', id])));
  await Promise.all([
    docker.run(['exec', id, 'sh', '-c', SET_UP], { signal }),
    docker.run(
      [...privileged, '--rm', '--network', `container:${probe}`, image, 'sh', '-c', IGNORE_REDIRECTS],
      { signal },
    ),
  ]);
  const gateways = await addressesOf(id, options);
  for (const family of FAMILIES) {
    const routes = routesOf(family, options.ranges, gateways[family]);
    if (routes.length === 0) continue;
    const change = async (verb: 'replace' | 'del', stop?: AbortSignal) => {
      const input = routes.map((route) => `route ${verb} ${route}\n`).join('');
      const ip = ['exec', '--interactive', probe, 'ip', IP_FLAG[family], '-batch', '-'];
      await docker.run(ip, { input, signal: stop });
    };
    await change('replace', signal);
    stack.defer(() => change('del'));
  }
  const started = stack.move();
  return {
    async forward(families, stop) {
      await docker.run(['exec', id, 'sh', '-c', forwardingScript(families)], { signal: stop });
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** No way off the link, and nothing forwarded yet. */
const SET_UP = ['set -e', NO_WAY_OFF, forwardingScript([])].join('\n');

/**
 * A router whose way out is its way in redirects its clients (RFC 1812, 5.2.7.2; RFC 4861, 8.2), and after that
 * the probe would go straight to the VIP. IPv6 has no switch for sending redirects, so the probe heeds none, in
 * its own network namespace. It needs none later either, so this is not taken back.
 */
const IGNORE_REDIRECTS = [
  'set -e',
  ...['ipv4/conf/all', 'ipv4/conf/eth0', 'ipv6/conf/eth0'].map(
    (one) => `echo 0 > /proc/sys/net/${one}/accept_redirects`,
  ),
].join('\n');

function forwardingScript(families: readonly Family[]): string {
  return FAMILIES.map((family) => `echo ${families.includes(family) ? 1 : 0} > ${FORWARDING[family]}`).join(
    '\n',
  );
}

/** The probe's routes of one family, as `ip route` takes them. */
function routesOf(family: Family, ranges: RouterOptions['ranges'], gateway: string): string[] {
  return ranges
    .filter(({ first }) => familyOf(first) === family)
    .flatMap(prefixesOf)
    .map((prefix) => `${prefix} via ${gateway}`);
}

const networksSchema = z.record(
  z.string(),
  z.looseObject({ IPAddress: z.string(), GlobalIPv6Address: z.string() }),
);

async function addressesOf(
  id: string,
  { docker, network, name, signal }: RouterOptions,
): Promise<Record<Family, string>> {
  const format = '{{json .NetworkSettings.Networks}}';
  const text = await docker.run(['container', 'inspect', '--format', format, id], { signal });
  const own = networksSchema.parse(JSON.parse(text))[network];
  const addresses = { IPv4: own?.IPAddress ?? '', IPv6: own?.GlobalIPv6Address ?? '' };
  const missing = FAMILIES.find((family) => addresses[family] === '');
  if (missing === undefined) return addresses;
  throw new HarnessError(
    'DUALVIP_ROUTER_NO_ADDRESS',
    `the router ${name} got no ${missing} address on network ${network}`,
    { hint: `\`docker network inspect ${network}\` shows its subnets; one of each family has to have room.` },
  );
}
