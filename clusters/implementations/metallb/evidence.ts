import type { KubernetesClient } from '../../kubernetes/client.ts';
import { objectList, podLogs } from '../evidence-files.ts';
import { METALLB_NAMESPACE } from './pools.ts';

const V1BETA1 = 'metallb.io/v1beta1';

/** Versions and modes differ in what they have: of a kind that the cluster does not serve there is no file. */
const KINDS = [
  ...['IPAddressPool', 'L2Advertisement', 'ServiceL2Status', 'BGPAdvertisement', 'BFDProfile'].map(
    (kind) => [kind, V1BETA1] as const,
  ),
  ['ServiceBGPStatus', V1BETA1] as const,
  ['BGPPeer', 'metallb.io/v1beta2'] as const,
  ['FRRConfiguration', 'frrk8s.metallb.io/v1beta1'] as const,
];

/** The last lines of the controller's and speakers' logs, and MetalLB's own objects as they stand. */
export async function metallbEvidence(
  client: Pick<KubernetesClient, 'list' | 'podLog' | 'isServed'>,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const objects = KINDS.map(async ([kind, apiVersion]) => {
    // What cannot be asked is asked again for the objects, and then says why it could not be taken.
    const isServed = await client.isServed({ apiVersion, kind }, { signal }).catch(() => true);
    if (!isServed) return [];
    const resource = { apiVersion, kind, namespace: METALLB_NAMESPACE, signal };
    return [[`metallb/${kind}.json`, await objectList(client, resource)] as const];
  });
  return {
    ...(await podLogs(client, METALLB_NAMESPACE, signal)),
    ...Object.fromEntries((await Promise.all(objects)).flat()),
  };
}
