import { FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import type { Cluster } from '../../clusters/cluster.ts';
import { prefixesOf } from '../scenario/prefixes.ts';
import type { StartedProbe } from '../probe/probe.ts';
import { overlaps, type Addresses } from '../scenario/literal-range.ts';
import type { Bgp } from '../scenario/pool.ts';
import { startBgpRouter, type BgpRouter } from './bgp-router.ts';
import { startClient } from './client.ts';
import { createClientNetwork } from './client-network.ts';
import { REMOVE_WAY_BACK, wayBackScript } from './way-back.ts';

export interface WayOutOptions {
  cluster: Pick<Cluster, 'docker' | 'nodes' | 'network' | 'state'>;
  /** FRR's image. */
  image: string;
  /** Begins the names of what is made. */
  name: string;
  labels: Readonly<Record<string, string>>;
  /** What the nodes may announce. */
  ranges: readonly Addresses[];
  bgp: Bgp;
  signal: AbortSignal;
}

/** The way out of the cluster: a router that speaks BGP with the nodes, and a client behind it. */
export interface WayOut extends AsyncDisposable {
  readonly router: BgpRouter;
  readonly client: StartedProbe;
  /** The client's network, and the router's addresses on the nodes' link, by way of which it is reached. */
  readonly wayBack: { subnets: Readonly<Record<Family, string>>; router: Readonly<Record<Family, string>> };
  /** Gives the nodes their way back to the client again: one that has started anew has lost it. */
  restoreWayBack(signal: AbortSignal): Promise<void>;
}

/**
 * Starts network, router and client, and gives the nodes their way back to the client. Nothing of it has a default
 * route; disposing it takes all of it away again.
 */
export async function startWayOut(options: WayOutOptions): Promise<WayOut> {
  const { cluster, image, name, labels, ranges, bgp, signal } = options;
  const { docker, nodes, network, state } = cluster;
  checkApart(ranges, Object.values(network.subnets));
  await using stack = new AsyncDisposableStack();
  const behind = stack.use(
    await createClientNetwork({ docker, name: `${name}-net`, labels, ranges, signal }),
  );
  const router = stack.use(
    await startBgpRouter({
      docker,
      image,
      name: `${name}-router`,
      labels,
      networks: [network.name, behind.name],
      nodes: nodes.map(({ addresses }) => addresses),
      bgp,
      signal,
    }),
  );
  const announced = perFamily((family) =>
    ranges.filter(({ first }) => familyOf(first) === family).flatMap(prefixesOf),
  );
  const onNodes = (script: string, stop?: AbortSignal) =>
    Promise.all(
      nodes.map(({ containerId }) => docker.run(['exec', containerId, 'sh', '-c', script], { signal: stop })),
    );
  stack.defer(async () => void (await onNodes(REMOVE_WAY_BACK)));
  const [onLink, onClients] = router.addresses;
  const wayBack = { subnets: behind.subnets, router: onLink };
  const script = wayBackScript({ ...wayBack, announced });
  const restoreWayBack = async (stop: AbortSignal) => {
    await onNodes(`${REMOVE_WAY_BACK}\n${script}`, stop);
  };
  await restoreWayBack(signal);
  const client = stack.use(
    await startClient({
      docker,
      image: state.images.probe,
      network: behind.name,
      name: `${name}-client`,
      labels,
      router: onClients,
      prefixes: perFamily((family) => [...announced[family], ...own(network.subnets[family])]),
      signal,
    }),
  );
  const started = stack.move();
  return { router, client, wayBack, restoreWayBack, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** @throws HarnessError `DUALVIP_RANGE_OVERLAPS` */
function checkApart(ranges: readonly Addresses[], subnets: readonly string[]): void {
  const subnet = subnets.find((one) => ranges.some((range) => overlaps(range, one)));
  if (subnet === undefined) return;
  throw new HarnessError(
    'DUALVIP_RANGE_OVERLAPS',
    `the scenario announces addresses of the cluster's own network ${subnet}`,
    { hint: 'They would not be behind the router. Leave --network out, or give it another subnet.' },
  );
}

function perFamily(of: (family: Family) => readonly string[]): Record<Family, readonly string[]> {
  const [IPv4 = [], IPv6 = []] = FAMILIES.map(of);
  return { IPv4, IPv6 };
}

function own(subnet: string | undefined): string[] {
  return subnet === undefined ? [] : [subnet];
}
