import { z } from 'zod';

import type { KubernetesClient } from '../../kubernetes/client.ts';
import { objectSchema, readAs } from '../../kubernetes/objects.ts';
import type { PoolCounters } from '../implementation.ts';
import { controllerMetrics, countersInMetrics } from './metrics.ts';
import { METALLB_NAMESPACE } from './pools.ts';

/** Since 0.15.0; absent before, and in a pool that the controller has not looked at. */
const poolSchema = objectSchema.extend({
  status: z
    .looseObject({
      assignedIPv4: z.number(),
      assignedIPv6: z.number(),
      availableIPv4: z.number(),
      availableIPv6: z.number(),
    })
    .optional()
    .catch(undefined),
});

/**
 * What the pools' own status says, and what the controller's metrics say: two paths from one allocator.
 * @throws what `controllerMetrics` does
 */
export async function metallbCounters(
  client: Pick<KubernetesClient, 'list' | 'request'>,
  signal: AbortSignal,
): Promise<PoolCounters[]> {
  const [status, metrics] = await Promise.all([
    statusCounters(client, signal),
    controllerMetrics(client, signal),
  ]);
  return [...status, ...countersInMetrics(metrics ?? '')];
}

async function statusCounters(
  client: Pick<KubernetesClient, 'list'>,
  signal: AbortSignal,
): Promise<PoolCounters[]> {
  const resource = { apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' };
  const { items } = await client.list(resource, { namespace: METALLB_NAMESPACE, signal });
  return items.flatMap((item): PoolCounters[] => {
    const { metadata, status } = readAs(poolSchema, item);
    if (!status) return [];
    return [
      {
        pool: metadata.name,
        source: 'status',
        assigned: { IPv4: status.assignedIPv4, IPv6: status.assignedIPv6 },
        available: { IPv4: status.availableIPv4, IPv6: status.availableIPv6 },
      },
    ];
  });
}
