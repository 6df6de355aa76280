import type { KubernetesObject } from '../../kubernetes/objects.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { Place } from '../facts.ts';
import type { Implementation } from '../implementation.ts';
import { metallbAnnouncing } from './announcing.ts';
import { metallbCounters } from './counters.ts';
import { metallbEvidence } from './evidence.ts';
import { followPools } from './pool-follower.ts';
import { METALLB_NAMESPACE, renderPools } from './pools.ts';

type Read = Pick<KubernetesClient, 'list' | 'podLog' | 'request' | 'isServed'>;

/**
 * MetalLB where its Helm chart, or somebody's own manifests, have put it: in another namespace, or with other labels. It
 * reads what is in the namespace that it is in, and nothing else.
 */
export function relocated(implementation: Implementation, place: Place): Implementation {
  const { namespace, labelSelector } = place;
  return {
    ...implementation,
    controller: { ...implementation.controller, namespace, labelSelector },
    renderPools: (pools, advertisements) =>
      renderPools(pools, advertisements).map((object): KubernetesObject => ({
        ...object,
        metadata: { ...object.metadata, namespace },
      })),
    followPools: (client, signal) => followPools(seenFrom(client, place), signal),
    counters: (client, signal) => metallbCounters(seenFrom(client, place), signal),
    evidence: (client, signal) => metallbEvidence(seenFrom(client, place), signal),
    announcing: {
      ...metallbAnnouncing,
      followStatus: (client, signal) =>
        metallbAnnouncing.followStatus(
          {
            isServed: (resource, options) => client.isServed(resource, options),
            watch: (resource, options) => client.watch(resource, { ...options, namespace }),
          },
          signal,
        ),
    },
  };
}

/** The API as if MetalLB were where its manifests have it. */
function seenFrom(client: Read, { namespace, labelSelector }: Place): Read {
  return {
    isServed: (resource, options) => client.isServed(resource, options),
    list: (resource, options) =>
      client.list(resource, {
        ...options,
        ...(options?.namespace === METALLB_NAMESPACE ? { namespace } : {}),
        ...(options?.labelSelector === 'component=controller' ? { labelSelector } : {}),
      }),
    request: (request) =>
      client.request({
        ...request,
        path: request.path.replace(`/namespaces/${METALLB_NAMESPACE}/`, `/namespaces/${namespace}/`),
      }),
    async *podLog(_, pod, options) {
      // Its controller tells of pools as `namespace/name`.
      for await (const line of client.podLog(namespace, pod, options)) {
        yield line.replace(`:"${namespace}/`, `:"${METALLB_NAMESPACE}/`);
      }
    },
  };
}
