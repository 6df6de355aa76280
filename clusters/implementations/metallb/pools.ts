import type { KubernetesObject } from '../../kubernetes/objects.ts';
import type { AdvertisementSpec, PoolSpec } from '../implementation.ts';

export const METALLB_NAMESPACE = 'metallb-system';

export const POOL_RESOURCES = [
  ...['IPAddressPool', 'L2Advertisement', 'BGPAdvertisement'].map((kind) => ({
    apiVersion: 'metallb.io/v1beta1',
    kind,
  })),
  { apiVersion: 'metallb.io/v1beta2', kind: 'BGPPeer' },
  // One that a BGPPeer names cannot be deleted.
  { apiVersion: 'metallb.io/v1beta1', kind: 'BFDProfile' },
];

/** Pools as IPAddressPool, advertisements as L2Advertisement or BGPAdvertisement, as the guide writes them. */
export function renderPools(
  pools: readonly PoolSpec[],
  advertisements: readonly AdvertisementSpec[],
): KubernetesObject[] {
  return [
    ...pools.map((pool) => ({
      apiVersion: 'metallb.io/v1beta1',
      kind: 'IPAddressPool',
      metadata: { name: pool.name, namespace: METALLB_NAMESPACE },
      spec: {
        addresses: [...pool.ranges],
        ...(pool.autoAssign === undefined ? {} : { autoAssign: pool.autoAssign }),
        ...(pool.avoidBuggyIPs === undefined ? {} : { avoidBuggyIPs: pool.avoidBuggyIPs }),
        ...serviceAllocation(pool),
      },
    })),
    ...advertisements.map((advertisement) => ({
      apiVersion: 'metallb.io/v1beta1',
      kind: advertisement.by === 'bgp' ? 'BGPAdvertisement' : 'L2Advertisement',
      metadata: { name: advertisement.name, namespace: METALLB_NAMESPACE },
      spec: { ipAddressPools: [...advertisement.pools], ...announcementSelectors(advertisement) },
    })),
  ];
}

/** A node by the label that the kubelet gives it: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
function announcementSelectors({ nodes, interfaces, serviceSelector }: AdvertisementSpec) {
  return {
    ...(nodes
      ? { nodeSelectors: nodes.map((name) => ({ matchLabels: { 'kubernetes.io/hostname': name } })) }
      : {}),
    ...(interfaces ? { interfaces: [...interfaces] } : {}),
    ...(serviceSelector ? { serviceSelectors: [{ matchLabels: { ...serviceSelector } }] } : {}),
  };
}

function serviceAllocation({ priority, namespaces, serviceSelector }: PoolSpec) {
  if (priority === undefined && !namespaces && !serviceSelector) return {};
  return {
    serviceAllocation: {
      ...(priority === undefined ? {} : { priority }),
      ...(namespaces ? { namespaces: [...namespaces] } : {}),
      ...(serviceSelector ? { serviceSelectors: [{ matchLabels: { ...serviceSelector } }] } : {}),
    },
  };
}
