import { z } from 'zod';

import type { KubernetesClient } from './client.ts';
import { objectSchema, readAs } from './objects.ts';

const serviceCIDRSchema = objectSchema.extend({ spec: z.looseObject({ cidrs: z.array(z.string()) }) });

/** Where cluster IPs come from. None before Kubernetes 1.31, which does not tell them. */
export async function serviceCIDRsOf(
  client: Pick<KubernetesClient, 'list' | 'isServed'>,
  signal: AbortSignal,
): Promise<string[]> {
  for (const version of ['v1', 'v1beta1']) {
    const resource = { apiVersion: `networking.k8s.io/${version}`, kind: 'ServiceCIDR' };
    if (!(await client.isServed(resource, { signal }))) continue;
    const { items } = await client.list(resource, { signal });
    return items.flatMap((item) => readAs(serviceCIDRSchema, item).spec.cidrs);
  }
  return [];
}
