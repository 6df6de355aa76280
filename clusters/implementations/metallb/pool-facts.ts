import ipaddr from 'ipaddr.js';
import { z } from 'zod';

import { canonical } from '../../../base/addresses.ts';
import { labelSelectorSchema, selects, type Labels } from '../../kubernetes/label-selector.ts';
import { objectSchema, readAs, type KubernetesObject } from '../../kubernetes/objects.ts';
import type { AdvertisementFacts, PoolFacts } from '../facts.ts';

const selectors = z.array(labelSelectorSchema).default([]);

const poolSchema = objectSchema.extend({
  spec: z.looseObject({
    addresses: z.array(z.string()).default([]),
    autoAssign: z.boolean().default(true),
    avoidBuggyIPs: z.boolean().default(false),
    serviceAllocation: z
      .looseObject({
        priority: z.number().optional(),
        namespaces: z.array(z.string()).default([]),
        namespaceSelectors: selectors,
        serviceSelectors: selectors,
      })
      .optional(),
  }),
  /** Since 0.15.0; empty until the controller has filled it. */
  status: z
    .looseObject({ availableIPv4: z.number().optional(), availableIPv6: z.number().optional() })
    .default({}),
});

export function poolFacts(object: KubernetesObject, namespaces: readonly KubernetesObject[]): PoolFacts {
  const { metadata, spec, status } = readAs(poolSchema, object);
  const allocation = spec.serviceAllocation;
  const limited = (allocation?.namespaces.length ?? 0) + (allocation?.namespaceSelectors.length ?? 0) > 0;
  const selected = namespaces.filter((namespace) =>
    allocation?.namespaceSelectors.some((one) => selects(one, labelsOf(namespace))),
  );
  const { availableIPv4, availableIPv6 } = status;
  const hasStatus = availableIPv4 !== undefined && availableIPv6 !== undefined;
  return {
    name: metadata.name,
    ranges: spec.addresses.map(rangeOf),
    autoAssign: spec.autoAssign,
    avoidBuggyIPs: spec.avoidBuggyIPs,
    ...(allocation?.priority === undefined ? {} : { priority: allocation.priority }),
    ...(allocation && limited
      ? {
          namespaces: [...new Set([...allocation.namespaces, ...selected.map((one) => one.metadata.name)])],
        }
      : {}),
    serviceSelectors: allocation?.serviceSelectors ?? [],
    ...(hasStatus ? { available: { IPv4: availableIPv4, IPv6: availableIPv6 } } : {}),
  };
}

/** `192.0.2.0/30` and `192.0.2.0 - 192.0.2.3` as `192.0.2.0-192.0.2.3`: MetalLB hands out a CIDR's first and last. */
function rangeOf(text: string): string {
  if (!text.includes('/'))
    return text
      .split('-')
      .map((one) => canonical(one.trim()))
      .join('-');
  const [address, length] = ipaddr.parseCIDR(text.trim());
  const bytes = address.toByteArray();
  const end = (fill: 0 | 1) =>
    ipaddr.fromByteArray(
      bytes.map((byte, index) => {
        const free = 0xff >> Math.min(8, Math.max(0, length - 8 * index));
        return fill ? byte | free : byte & ~free;
      }),
    );
  return `${canonical(end(0))}-${canonical(end(1))}`;
}

const advertisementSchema = objectSchema.extend({
  spec: z
    .looseObject({
      ipAddressPools: z.array(z.string()).default([]),
      ipAddressPoolSelectors: selectors,
      nodeSelectors: selectors,
      serviceSelectors: selectors,
    })
    .default({ ipAddressPools: [], ipAddressPoolSelectors: [], nodeSelectors: [], serviceSelectors: [] }),
});

function labelsOf({ metadata }: KubernetesObject): Labels {
  return metadata.labels ?? {};
}

interface Selectable {
  pools: readonly KubernetesObject[];
  nodes: readonly KubernetesObject[];
}

/** Pools are those that it names and those that it selects; without either, all. Nodes likewise. */
export function advertisementFacts(
  object: KubernetesObject,
  { pools, nodes }: Selectable,
): AdvertisementFacts {
  const { kind, metadata, spec } = readAs(advertisementSchema, object);
  const { ipAddressPools, ipAddressPoolSelectors, nodeSelectors, serviceSelectors } = spec;
  const allPools = ipAddressPools.length + ipAddressPoolSelectors.length === 0;
  return {
    kind,
    name: metadata.name,
    everyPool: allPools || ipAddressPoolSelectors.some((one) => selects(one, {})),
    pools: pools
      .filter(
        (pool) =>
          allPools ||
          ipAddressPools.includes(pool.metadata.name) ||
          ipAddressPoolSelectors.some((one) => selects(one, labelsOf(pool))),
      )
      .map((pool) => pool.metadata.name),
    nodes: nodes
      .filter(
        (node) => nodeSelectors.length === 0 || nodeSelectors.some((one) => selects(one, labelsOf(node))),
      )
      .map((node) => node.metadata.name),
    serviceSelectors,
  };
}
