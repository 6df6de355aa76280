import type { KubernetesClient } from '../../kubernetes/client.ts';
import { attempt, objectList, podLogs } from '../evidence-files.ts';
import { OPERATOR, operatorMetrics } from './operator.ts';
import { POOL } from './pools.ts';

/** The last lines of the operator's log, its metrics, the pools and who leads. */
export async function ciliumEvidence(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const { namespace } = OPERATOR;
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
  const [logs, pools, leases, metrics] = await Promise.all([
    podLogs(client, namespace, signal),
    objectList(client, { ...POOL, signal }),
    objectList(client, { ...lease, namespace, signal }),
    attempt(() => operatorMetrics(client, signal)),
  ]);
  return {
    ...logs,
    [`cilium/${POOL.kind}.json`]: pools,
    'cilium/Lease.json': leases,
    'cilium/metrics.txt': metrics,
  };
}
