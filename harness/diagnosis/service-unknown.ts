import { UsageError } from '../../base/errors.ts';
import { readAs, serviceSchema, type KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import { didYouMean } from '../scenario/problem.ts';

/** Of a Service that there is not, told by those that there are. */
export function serviceUnknown(
  { name, namespace }: { name: string; namespace: string },
  services: readonly KubernetesObject[],
): UsageError {
  const balanced = services
    .filter((one) => readAs(serviceSchema, one).spec.type === 'LoadBalancer')
    .map(({ metadata }) => metadata);
  const near = balanced.filter((one) => one.namespace === namespace).map((one) => one.name);
  const all = balanced.map((one) => `${one.name} -n ${one.namespace ?? ''}`);
  return new UsageError(
    'DUALVIP_SERVICE_UNKNOWN',
    `there is no Service "${name}" in namespace ${namespace}${didYouMean(name, near)}`,
    {
      hint:
        all.length > 0
          ? `Services of type LoadBalancer: ${all.join(', ')}.`
          : 'The cluster has no Service of type LoadBalancer.',
    },
  );
}
