import type { Implementation } from '../implementation.ts';
import { ciliumEvidence } from './evidence.ts';
import { ciliumFacts } from './facts.ts';
import { OPERATOR, operatorManifests } from './operator.ts';
import { followPools } from './pool-follower.ts';
import { POOL, renderPools } from './pools.ts';
import { whenServing } from './serving.ts';
import { ciliumTelling } from './telling.ts';

export const CILIUM_DEFAULT = '1.15.19';
/** The allocator alone. */
export const CILIUM_MODE = 'lb-ipam';

/** What the allocator claims to do without an agent: it announces nothing, and writes conditions, no events. */
const FEATURES = new Set([
  'single-stack',
  'prefer-dual-stack',
  'require-dual-stack',
  'separate-pools',
  'load-balancer-class',
  'pool-namespaces',
  'pool-service-selector',
  'addresses-by-annotation',
  'addresses-by-spec',
  'shared-address',
]);

/** Cilium's allocator (LB-IPAM): the operator alone, without Cilium's agent. */
export function cilium(version: string): Implementation {
  const image = {
    reference: `quay.io/cilium/operator-generic:v${version}`,
    tool: 'operator',
    path: '/usr/bin/cilium-operator-generic',
  };
  return {
    ref: { name: 'cilium', version, mode: CILIUM_MODE },
    module: {
      name: `cilium-${version}`,
      upstream: 'github.com/cilium/cilium',
      tags: ['ipam_provider_operator'],
      versionVariables: ['github.com/cilium/cilium/pkg/version.ciliumVersion'],
    },
    images: [image],
    features: FEATURES,
    handledClass: 'io.cilium/l2-announcer',
    annotations: { addresses: 'io.cilium/lb-ipam-ips', share: 'io.cilium/lb-ipam-sharing-key' },
    controller: OPERATOR,
    telling: ciliumTelling,
    async install(options) {
      options.detail('applying manifests');
      const manifests = await operatorManifests(image.reference);
      await options.onManifests?.(manifests);
      await options.client.applyAll(manifests, { signal: options.signal });
      await whenServing(options);
    },
    whenServing,
    renderPools,
    poolResources: [POOL],
    followPools,
    facts: ciliumFacts,
    evidence: ciliumEvidence,
  };
}
