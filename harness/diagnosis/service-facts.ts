import { z } from 'zod';

import { canonical } from '../../base/addresses.ts';
import type { ImplementationFacts } from '../../clusters/implementations/facts.ts';
import { readAs, serviceSchema, type KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import type { RequestFacts, ServiceFacts } from './facts.ts';

const selectorSchema = z.looseObject({
  spec: z.looseObject({
    selector: z.record(z.string(), z.string()).nullish(),
    loadBalancerIP: z.string().optional(),
  }),
});

/** A Service as the API holds it, in the words of a diagnosis. */
export function serviceFacts(
  object: KubernetesObject,
  annotations: ImplementationFacts['annotations'],
): ServiceFacts {
  const { metadata, spec, status } = readAs(serviceSchema, object);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: metadata.labels ?? {},
    type: spec.type ?? 'ClusterIP',
    class: spec.loadBalancerClass ?? null,
    ipFamilyPolicy: spec.ipFamilyPolicy ?? 'SingleStack',
    ipFamilies: spec.ipFamilies,
    addresses: status.loadBalancer.ingress.flatMap(({ ip }) => (ip ? [canonical(ip)] : [])),
    externalTrafficPolicy: spec.externalTrafficPolicy ?? 'Cluster',
    selector: readAs(selectorSchema, object).spec.selector ?? {},
    ports: spec.ports.map(({ protocol, port }) => ({ protocol, port })),
    request: requestOf(object, annotations),
  };
}

function requestOf(object: KubernetesObject, names: ImplementationFacts['annotations']): RequestFacts {
  const annotations = object.metadata.annotations ?? {};
  const find = (candidates: readonly string[]) => candidates.find((name) => annotations[name]);
  const [byAnnotation, pool, share] = [find(names.addresses), find(names.pool), find(names.share)];
  const bySpec = readAs(selectorSchema, object).spec.loadBalancerIP;
  const text = [byAnnotation === undefined ? undefined : annotations[byAnnotation], bySpec];
  return {
    addresses: text.flatMap((list) => (list ? list.split(',').map((one) => one.trim()) : [])),
    places: [
      ...(byAnnotation === undefined ? [] : [`annotation ${byAnnotation}`]),
      ...(bySpec ? ['spec.loadBalancerIP'] : []),
    ],
    ...(pool === undefined ? {} : { pool: annotations[pool] ?? '' }),
    ...(share === undefined ? {} : { share: annotations[share] ?? '' }),
  };
}
