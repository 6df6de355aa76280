import { z } from 'zod';

import { FAMILIES, type Family } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import { IP_FLAG } from './ip-command.ts';

/** Runs `ip` in the probe's container and gives its standard output. */
export type Ip = (args: readonly string[]) => Promise<string>;

export interface Route {
  family: Family;
  /** `unicast`, `local`, `unreachable` …, as ip-route(8) says. */
  type: string;
  /** `default`, a prefix or an address. */
  destination: string;
  gateway: string | undefined;
  device: string | undefined;
  metric: number | undefined;
  table: string | undefined;
}

/** Types that lead nowhere. `throw` ends the lookup in one table only, but carries no packet either. */
const DEAD_ENDS: ReadonlySet<string> = new Set(['unreachable', 'blackhole', 'prohibit', 'throw']);

/** A route may fork, a default route per router: more rounds than any network of a container takes. */
const MAX_ROUNDS = 8;

const gatewaySchema = { gateway: z.string().optional(), via: z.object({ host: z.string() }).optional() };
const routesSchema = z.array(
  z.object({
    ...gatewaySchema,
    type: z.string().default('unicast'),
    dst: z.string(),
    dev: z.string().optional(),
    metric: z.number().optional(),
    table: z.string().optional(),
    nexthops: z.array(z.object(gatewaySchema)).default([]),
  }),
);

/** The routes of both families, in all tables. */
export async function readRoutes(ip: Ip): Promise<Route[]> {
  const perFamily = FAMILIES.map(async (family) =>
    parseRoutes(await ip(['-json', IP_FLAG[family], 'route', 'show', 'table', 'all']), family),
  );
  return (await Promise.all(perFamily)).flat();
}

function parseRoutes(json: string, family: Family): Route[] {
  return routesSchema.parse(JSON.parse(json || '[]')).map((route) => ({
    family,
    type: route.type,
    destination: route.dst,
    // `via` is a gateway of the other family (RFC 5549).
    gateway: [route, ...route.nexthops].map((hop) => hop.gateway ?? hop.via?.host).find(Boolean),
    device: route.dev,
    metric: route.metric,
    table: route.table,
  }));
}

/** True where a packet on this route may leave the networks that the container is on. */
export function leadsOut(route: Route): boolean {
  if (DEAD_ENDS.has(route.type)) return false;
  return route.gateway !== undefined || route.destination === 'default';
}

/**
 * Takes away every route that leads out, so that an address that nobody announces stays unreachable instead of
 * being looked for elsewhere, and puts a dead end in their place: of lower metric than a default route that
 * a router advertisement may add later (1024), so that one changes nothing. (accept_ra cannot be relied on:
 * /proc/sys is read-only in the container, and engines differ in whether they let it be set at creation.)
 * @throws HarnessError `DUALVIP_PROBE_HAS_ROUTE` where such a route is left.
 */
export async function isolate(ip: Ip): Promise<void> {
  await removeWaysOut(ip);
  for (const family of FAMILIES) {
    await ip([IP_FLAG[family], 'route', 'replace', 'unreachable', 'default', 'metric', '1']);
  }
  const left = (await readRoutes(ip)).filter(leadsOut);
  if (left.length === 0) return;
  throw new HarnessError(
    'DUALVIP_PROBE_HAS_ROUTE',
    `the probe has a route out of its network: ${left.map(describe).join(', ')}`,
    { hint: 'What the harness sends must not leave the machine. See what adds this route to the container.' },
  );
}

async function removeWaysOut(ip: Ip): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const ways = (await readRoutes(ip)).filter(leadsOut);
    if (ways.length === 0) return;
    for (const way of ways) await ip([IP_FLAG[way.family], 'route', 'del', ...selector(way)]);
  }
}

/** What names a route to `ip route del`. A route with several next hops is named by its destination. */
function selector({ destination, device, metric, table }: Route): string[] {
  return [
    destination,
    ...(device === undefined ? [] : ['dev', device]),
    ...(metric === undefined ? [] : ['metric', String(metric)]),
    ...(table === undefined ? [] : ['table', table]),
  ];
}

function describe(route: Route): string {
  const via = route.gateway === undefined ? '' : ` via ${route.gateway}`;
  const device = route.device === undefined ? '' : ` dev ${route.device}`;
  return `${route.family} ${route.destination}${via}${device}`;
}
