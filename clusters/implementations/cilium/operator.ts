import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { HarnessError } from '../../../base/errors.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { parseManifests } from '../../kubernetes/manifests.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';

/** Where Cilium's operator runs, and by what its pods are found. */
export const OPERATOR = {
  namespace: 'cilium-system',
  labelSelector: 'io.cilium/app=operator',
  container: 'cilium-operator',
};

const MANIFEST = 'operator.yaml';
const METRICS_PORT = 9963;

/** The operator's manifests, with its image. */
export async function operatorManifests(image: string): Promise<KubernetesObject[]> {
  const text = await readFile(path.join(import.meta.dirname, MANIFEST), 'utf8');
  return parseManifests(text.replaceAll('${image}', image), MANIFEST);
}

/**
 * The operator's metrics, in Prometheus' text format, by way of the API server.
 * @throws HarnessError `DUALVIP_IMPLEMENTATION_GONE`; KubernetesApiError while it does not answer
 */
export async function operatorMetrics(client: KubernetesClient, signal: AbortSignal): Promise<string> {
  const { namespace, labelSelector } = OPERATOR;
  const { items } = await client.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { namespace, labelSelector, signal },
  );
  const pod = items.find(({ metadata }) => !metadata.deletionTimestamp)?.metadata.name;
  if (pod === undefined) {
    throw new HarnessError('DUALVIP_IMPLEMENTATION_GONE', 'Cilium has no operator pod');
  }
  const proxy = `/api/v1/namespaces/${namespace}/pods/${pod}:${METRICS_PORT}/proxy`;
  return String(await client.request({ method: 'GET', path: `${proxy}/metrics`, signal }));
}

/** The pools that LB-IPAM knows: of each it tells how many addresses are free, until it has forgotten it. */
export function poolsInMetrics(metrics: string): Set<string> {
  const series = metrics.matchAll(/^cilium_operator_lbipam_ips_available_total\{[^}]*\bpool="([^"]*)"/gm);
  return new Set([...series].map(([, pool = '']) => pool));
}
