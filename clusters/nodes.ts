import { z } from 'zod';

import { canonical, FAMILIES, type Family } from '../base/addresses.ts';
import { HarnessError } from '../base/errors.ts';
import { KIND_CLUSTER_LABEL } from './cluster-removal.ts';
import type { Docker } from './docker.ts';
import type { KubernetesClient } from './kubernetes/client.ts';

/** A node of a kind cluster: the container that it is, on the cluster's bridge. */
export interface ClusterNode {
  name: string;
  containerId: string;
  role: 'control-plane' | 'worker';
  addresses: Partial<Record<Family, string>>;
  /** On the bridge; who answers for a VIP is told by it. */
  mac: string;
}

const containerSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Config: z.object({ Labels: z.record(z.string(), z.string()) }),
  NetworkSettings: z.object({
    Networks: z.record(
      z.string(),
      z.object({ IPAddress: z.string(), GlobalIPv6Address: z.string(), MacAddress: z.string() }),
    ),
  }),
});

/** The node containers of a cluster, by name. */
export async function clusterNodes(docker: Docker, cluster: string, network: string): Promise<ClusterNode[]> {
  const ids = await docker.lines(['ps', '--quiet', '--filter', `label=${KIND_CLUSTER_LABEL}=${cluster}`]);
  if (ids.length === 0) {
    throw new HarnessError('DUALVIP_CLUSTER_GONE', `cluster ${cluster} has no running node`, {
      hint: `Remove what is left of it: dualvip down ${cluster}.`,
    });
  }
  return parseNodes(await docker.run(['inspect', ...ids]), network);
}

/** Reads `docker inspect`'s answer. */
export function parseNodes(text: string, network: string): ClusterNode[] {
  const nodes = z.array(containerSchema).parse(JSON.parse(text));
  return nodes
    .map((node): ClusterNode => {
      const endpoint = node.NetworkSettings.Networks[network];
      const addresses: ClusterNode['addresses'] = {};
      if (endpoint?.IPAddress) addresses.IPv4 = endpoint.IPAddress;
      if (endpoint?.GlobalIPv6Address) addresses.IPv6 = canonical(endpoint.GlobalIPv6Address);
      const role = node.Config.Labels['io.x-k8s.kind.role'] === 'control-plane' ? 'control-plane' : 'worker';
      return {
        name: node.Name.replace(/^\//, ''),
        containerId: node.Id,
        role,
        addresses,
        mac: (endpoint?.MacAddress ?? '').toLowerCase(),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

const nodeSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({ podCIDRs: z.array(z.string()).optional() }),
  status: z.looseObject({
    addresses: z.array(z.object({ type: z.string(), address: z.string() })).optional(),
  }),
});

const serviceCidrSchema = z.looseObject({ spec: z.looseObject({ cidrs: z.array(z.string()) }) });

/**
 * The guide's prerequisites (C7), on the cluster as it is: every node has an address and a pod CIDR of each
 * expected family, and Services get addresses of each.
 * @throws HarnessError `DUALVIP_CLUSTER_FAMILY_MISSING`, naming what lacks which family
 */
export async function checkFamilies(
  client: KubernetesClient,
  families: readonly Family[],
  signal: AbortSignal,
): Promise<void> {
  const [nodes, serviceCidrs] = await Promise.all([
    client.list({ apiVersion: 'v1', kind: 'Node' }, { signal }),
    client.list({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR' }, { signal }),
  ]);
  const missing = [
    ...nodes.items.flatMap((node) => missingOfNode(node, families)),
    ...missingFamilies(
      serviceCidrs.items.flatMap((item) => serviceCidrSchema.parse(item).spec.cidrs),
      families,
    ).map((family) => `the cluster has no ${family} service CIDR`),
  ];
  if (missing.length === 0) return;
  throw new HarnessError('DUALVIP_CLUSTER_FAMILY_MISSING', missing.join('; '), {
    hint: `The topology promises ${families.join(' and ')}. Was the cluster or its network made by hand?`,
  });
}

function missingOfNode(object: unknown, families: readonly Family[]): string[] {
  const node = nodeSchema.parse(object);
  const internal = (node.status.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  const { name } = node.metadata;
  return [
    ...missingFamilies(
      internal.map(({ address }) => address),
      families,
    ).map((family) => `node ${name} has no ${family} address`),
    ...missingFamilies(node.spec.podCIDRs ?? [], families).map(
      (family) => `node ${name} has no ${family} pod CIDR`,
    ),
  ];
}

function missingFamilies(addresses: readonly string[], families: readonly Family[]): Family[] {
  const has = (family: Family) => addresses.some((address) => address.includes(':') === (family === 'IPv6'));
  return FAMILIES.filter((family) => families.includes(family) && !has(family));
}
