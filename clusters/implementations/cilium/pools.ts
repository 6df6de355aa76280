import { z } from 'zod';

import { HarnessError } from '../../../base/errors.ts';
import { readAs, type KubernetesObject } from '../../kubernetes/objects.ts';
import type { PoolSpec } from '../implementation.ts';

/** Cluster-scoped, unlike MetalLB's. */
export const POOL = { apiVersion: 'cilium.io/v2alpha1', kind: 'CiliumLoadBalancerIPPool' };

/** A label that LB-IPAM adds to each Service before it compares it with a pool's selector. */
export const NAMESPACE_LABEL = 'io.kubernetes.service.namespace';

/**
 * Pools as CiliumLoadBalancerIPPool. Advertisements render to nothing: Cilium's agent announces, not its
 * allocator.
 * @throws HarnessError `DUALVIP_POOL_INEXPRESSIBLE` for what Cilium has no word for. The scenario should have
 * named it as a feature, and is about something else without it.
 */
export function renderPools(pools: readonly PoolSpec[]): KubernetesObject[] {
  return pools.map((pool) => {
    refuseInexpressible(pool);
    return {
      ...POOL,
      metadata: { name: pool.name },
      spec: {
        // Blocks of start and stop give out all of their addresses; those of a CIDR keep back the first and last.
        blocks: pool.ranges.map((range) => {
          const [start = '', stop = start] = range.split('-');
          return { start, stop };
        }),
        ...serviceSelector(pool),
      },
    };
  });
}

function refuseInexpressible({ name, autoAssign, avoidBuggyIPs, priority }: PoolSpec): void {
  const feature =
    (autoAssign === false && 'auto-assign') ||
    (avoidBuggyIPs && 'avoid-buggy-ips') ||
    (priority !== undefined && priority > 0 && 'pool-priority');
  if (!feature) return;
  throw new HarnessError('DUALVIP_POOL_INEXPRESSIBLE', `Cilium has no ${feature}, which pool ${name} needs`, {
    hint: `Name ${feature} under the scenario's \`features\`: its verdict is then \`unsupported\`.`,
  });
}

function serviceSelector({ serviceSelector: labels, namespaces }: PoolSpec) {
  if (!labels && !namespaces) return {};
  return {
    serviceSelector: {
      ...(labels ? { matchLabels: { ...labels } } : {}),
      ...(namespaces
        ? { matchExpressions: [{ key: NAMESPACE_LABEL, operator: 'In', values: [...namespaces] }] }
        : {}),
    },
  };
}

const poolSchema = z.looseObject({
  metadata: z.looseObject({ generation: z.number() }),
  status: z
    .looseObject({
      conditions: z
        .array(z.looseObject({ type: z.string(), observedGeneration: z.number().optional() }))
        .default([]),
    })
    .default({ conditions: [] }),
});

/**
 * True when LB-IPAM has taken in the pool's latest spec. It counts a pool's addresses when it has given them out
 * to the Services that waited for some, and writes one count after the other; this is the last. A pool that is
 * deleted before makes it try in vain to write the rest.
 */
export function isTakenIn(pool: KubernetesObject): boolean {
  const { metadata, status } = readAs(poolSchema, pool);
  return status.conditions.some(
    ({ type, observedGeneration }) =>
      type === 'cilium.io/IPsUsed' && observedGeneration === metadata.generation,
  );
}
