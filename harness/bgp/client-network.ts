import { FAMILIES, type Family } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import type { Docker } from '../../clusters/docker.ts';
import { inspectNetwork, uniqueLocalSubnet } from '../../clusters/network.ts';
import { overlaps, type Addresses } from '../scenario/literal-range.ts';

export interface ClientNetworkOptions {
  docker: Docker;
  name: string;
  labels: Readonly<Record<string, string>>;
  /** What is announced: no address of it may be on this network. */
  ranges: readonly Addresses[];
  signal: AbortSignal;
}

export interface ClientNetwork extends AsyncDisposable {
  name: string;
  subnets: Record<Family, string>;
}

/** A subnet of the name's may be taken by another network. */
const ATTEMPTS = 5;

/**
 * The network behind the router, of both families. An ordinary one: in one that is `--internal`, Docker drops
 * IPv4 packets whose source is not of its own subnet, and so all that VIPs answer. What takes the ways out away is
 * the containers' own routes.
 * @throws HarnessError `DUALVIP_CLIENT_NETWORK`; nothing is left of it then
 */
export async function createClientNetwork(options: ClientNetworkOptions): Promise<ClientNetwork> {
  const { docker, name, labels, ranges, signal } = options;
  const remove = async () => void (await docker.run(['network', 'rm', name]));
  const flags = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  let last: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      const subnet = ['--ipv6', '--subnet', uniqueLocalSubnet(name, attempt)];
      await docker.run(['network', 'create', '--driver', 'bridge', ...subnet, ...flags, name], { signal });
      const { subnets } = await inspectNetwork(docker, name, signal);
      return {
        name,
        subnets: checked(subnets, ranges, name),
        [Symbol.asyncDispose]: remove,
      };
    } catch (error) {
      await remove().catch(() => {});
      signal.throwIfAborted();
      if (error instanceof HarnessError && error.code === 'DUALVIP_CLIENT_NETWORK') throw error;
      last = error;
    }
  }
  throw new HarnessError('DUALVIP_CLIENT_NETWORK', `no network for the client ${name} could be made`, {
    cause: last,
    hint: 'Unused networks can be removed by `docker network prune`.',
  });
}

function checked(
  subnets: Partial<Record<Family, string>>,
  ranges: readonly Addresses[],
  name: string,
): Record<Family, string> {
  const { IPv4, IPv6 } = subnets;
  const problem =
    IPv4 === undefined || IPv6 === undefined
      ? `has no subnet of ${FAMILIES.filter((family) => subnets[family] === undefined).join(' and ')}`
      : [IPv4, IPv6].some((subnet) => ranges.some((range) => overlaps(range, subnet)))
        ? `got ${IPv4} and ${IPv6}, and the scenario announces addresses of them`
        : undefined;
  if (problem === undefined && IPv4 !== undefined && IPv6 !== undefined) return { IPv4, IPv6 };
  throw new HarnessError('DUALVIP_CLIENT_NETWORK', `the network for the client ${name} ${problem}`, {
    hint: "Give the engine other address pools (`default-address-pools` in Docker's daemon.json).",
  });
}
