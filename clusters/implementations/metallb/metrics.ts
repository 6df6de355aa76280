import { z } from 'zod';

import { FAMILIES, type Family } from '../../../base/addresses.ts';
import { HarnessError } from '../../../base/errors.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { objectSchema, readAs } from '../../kubernetes/objects.ts';
import type { PoolCounters } from '../implementation.ts';
import { METALLB_NAMESPACE } from './pools.ts';

/**
 * The controller's port for plain HTTP, 7472, as its pod names it up to 0.15. Since 0.16 there is `metricshttps`
 * instead, which wants a bearer token, and of those the API server's proxy hands none on.
 */
const PLAIN_PORT = 'monitoring';

const podSchema = objectSchema.extend({
  spec: z.looseObject({
    containers: z.array(
      z.looseObject({
        ports: z.array(z.looseObject({ name: z.string().optional(), containerPort: z.number() })).default([]),
      }),
    ),
  }),
});

/**
 * The controller's metrics, in Prometheus' text format, by way of the API server; undefined where they cannot be
 * had so.
 * @throws HarnessError `DUALVIP_IMPLEMENTATION_GONE`; KubernetesApiError while it does not answer
 */
export async function controllerMetrics(
  client: Pick<KubernetesClient, 'list' | 'request'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { items } = await client.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { namespace: METALLB_NAMESPACE, labelSelector: 'component=controller', signal },
  );
  const found = items.findLast(({ metadata }) => !metadata.deletionTimestamp);
  if (!found) {
    throw new HarnessError('DUALVIP_IMPLEMENTATION_GONE', 'MetalLB has no controller pod', {
      hint: `Look at \`kubectl --namespace ${METALLB_NAMESPACE} get pods\`.`,
    });
  }
  const { metadata, spec } = readAs(podSchema, found);
  const port = spec.containers.flatMap(({ ports }) => ports).find(({ name }) => name === PLAIN_PORT);
  if (!port) return undefined;
  const proxy = `/api/v1/namespaces/${METALLB_NAMESPACE}/pods/${metadata.name}:${port.containerPort}/proxy`;
  return String(await client.request({ method: 'GET', path: `${proxy}/metrics`, signal }));
}

/**
 * Each pool's addresses in use. None before 0.14.2, which does not count by family:
 * https://github.com/metallb/metallb/pull/2151. 0.14 keeps both families' series of a pool that is gone, but not
 * the one of its size, so a pool without a size is none.
 */
export function countersInMetrics(metrics: string): PoolCounters[] {
  const inUse = {
    IPv4: byPool(metrics, 'ipv4_addresses_in_use_total'),
    IPv6: byPool(metrics, 'ipv6_addresses_in_use_total'),
  } satisfies Record<Family, Map<string, number>>;
  return [...byPool(metrics, 'addresses_total').keys()]
    .filter((pool) => FAMILIES.every((family) => inUse[family].has(pool)))
    .map((pool) => ({
      pool,
      source: 'metrics',
      assigned: { IPv4: inUse.IPv4.get(pool) ?? 0, IPv6: inUse.IPv6.get(pool) ?? 0 },
    }));
}

/** The samples of one of the allocator's gauges: https://prometheus.io/docs/instrumenting/exposition_formats/ */
function byPool(metrics: string, gauge: string): Map<string, number> {
  const samples = metrics.matchAll(
    new RegExp(String.raw`^metallb_allocator_${gauge}\{pool="([^"]*)"\} (\S+)$`, 'gm'),
  );
  return new Map([...samples].map(([, pool = '', value]) => [pool, Number(value)]));
}
