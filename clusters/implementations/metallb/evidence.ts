import type { KubernetesClient } from '../../kubernetes/client.ts';
import { objectList, podLogs } from '../evidence-files.ts';
import { METALLB_NAMESPACE } from './pools.ts';

const KINDS = ['IPAddressPool', 'L2Advertisement', 'ServiceL2Status'];

/** The last lines of the controller's and speakers' logs, and MetalLB's own objects as they stand. */
export async function metallbEvidence(
  client: KubernetesClient,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const objects = KINDS.map(async (kind) => {
    const resource = { apiVersion: 'metallb.io/v1beta1', kind, namespace: METALLB_NAMESPACE, signal };
    return [`metallb/${kind}.json`, await objectList(client, resource)] as const;
  });
  return {
    ...(await podLogs(client, METALLB_NAMESPACE, signal)),
    ...Object.fromEntries(await Promise.all(objects)),
  };
}
