import { familyOf, type Family } from '../base/addresses.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { nodeSchema, readAs } from '../clusters/kubernetes/objects.ts';
import { readRoutes, type Route } from '../harness/probe/routes.ts';

/** How pods of another node are reached. */
export interface PodRoute {
  family: Family;
  /** The other node's pod CIDR. */
  destination: string;
  /** The other node's address. */
  gateway: string;
}

/** The routes that a node needs, from the Node objects as they are now: one for each pod CIDR of each other node. */
export async function neededRoutes({ client }: Cluster, node: string): Promise<PodRoute[]> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Node' });
  const others = items
    .map((item) => readAs(nodeSchema, item))
    .filter(({ metadata }) => metadata.name !== node);
  return others.flatMap(({ spec, status }) =>
    spec.podCIDRs.map((destination) => {
      const family = familyOfCidr(destination);
      const gateway = status.addresses.find(
        ({ type, address }) => type === 'InternalIP' && familyOf(address) === family,
      );
      return { family, destination, gateway: gateway?.address ?? 'none' };
    }),
  );
}

/** Those of the wanted routes that a node does not have. Its container must run. */
export async function missingRoutes(
  { docker }: Cluster,
  node: string,
  wanted: readonly PodRoute[],
): Promise<PodRoute[]> {
  const routes = await readRoutes((args) => docker.run(['exec', node, 'ip', ...args]));
  const has = ({ family, destination, gateway }: PodRoute) =>
    routes.some(
      (route: Route) =>
        route.family === family && route.destination === destination && route.gateway === gateway,
    );
  return wanted.filter((route) => !has(route));
}

function familyOfCidr(cidr: string): Family {
  return familyOf(cidr.replace(/\/\d+$/, ''));
}
