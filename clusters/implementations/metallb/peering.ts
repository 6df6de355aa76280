import { FAMILIES } from '../../../base/addresses.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import type { PeeringSpec } from '../implementation.ts';
import type { MetallbMode } from './modes.ts';
import { METALLB_NAMESPACE } from './pools.ts';

const BFD_PROFILE = 'router';

/**
 * A BGPPeer for each of the router's addresses, and the BFDProfile that they name. Native mode refuses what is
 * FRR's alone. `connectTime`: FRR tries again after 120 s otherwise, when the router has refused a session once.
 */
export function renderPeering(peering: PeeringSpec, mode: MetallbMode): KubernetesObject[] {
  const { router, clusterAsn, routerAsn, bothFamilies, bfd, gracefulRestart } = peering;
  const peers = FAMILIES.flatMap((family): KubernetesObject[] => {
    const peerAddress = router[family];
    if (peerAddress === undefined) return [];
    return [
      {
        apiVersion: 'metallb.io/v1beta2',
        kind: 'BGPPeer',
        metadata: { name: `router-${family.toLowerCase()}`, namespace: METALLB_NAMESPACE },
        spec: {
          myASN: clusterAsn,
          peerASN: routerAsn,
          peerAddress,
          ...(mode === 'native' ? {} : { connectTime: '1s' }),
          ...(bothFamilies ? { dualStackAddressFamily: true } : {}),
          ...(bfd ? { bfdProfile: BFD_PROFILE } : {}),
          ...(gracefulRestart ? { enableGracefulRestart: true } : {}),
        },
      },
    ];
  });
  return [...(bfd ? [bfdProfile(bfd)] : []), ...peers];
}

function bfdProfile({ intervalMs, multiplier }: NonNullable<PeeringSpec['bfd']>): KubernetesObject {
  return {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'BFDProfile',
    metadata: { name: BFD_PROFILE, namespace: METALLB_NAMESPACE },
    spec: { receiveInterval: intervalMs, transmitInterval: intervalMs, detectMultiplier: multiplier },
  };
}
