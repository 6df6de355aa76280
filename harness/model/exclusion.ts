import { TOPOLOGY_FAMILIES } from '../../clusters/topology.ts';
import { LISTED, type Case } from './case.ts';
import { expectedOf } from './outcome.ts';
import { POOL_SHAPES } from './pool-shape.ts';
import type { ServiceSpec } from './service-api.ts';

/** Why a combination makes no sense, or shows nothing that another does not; undefined: it is a case. */
export function exclusionOf(candidate: Case): string | undefined {
  const { topology, policy, families, shape, operation } = candidate;
  const cluster = TOPOLOGY_FAMILIES[topology];
  const { full, add, remove } = POOL_SHAPES[shape];
  if (full && !cluster.includes(full)) {
    return `no Service can use up ${full} addresses on a cluster that has no ${full}`;
  }
  const expected = expectedOf(candidate);
  if ('refused' in expected) {
    if (operation !== 'create') return 'the API refuses the Service, so there is none to change';
    return shape === 'one-dual' ? undefined : 'the API refuses the Service without a look at the pools';
  }
  if (operation === 'create') return undefined;
  const { spec } = expected.created;
  if (policy !== spec.policy || LISTED[families]?.join() !== spec.families.join()) {
    return 'it is stored as a Service whose manifest says everything, which is the one that is changed';
  }
  if (operation === 'add-pool' && 'senseless' in add) return add.senseless;
  if (operation === 'remove-pool' && 'senseless' in remove) return remove.senseless;
  const nothing = nothingToChange(operation, spec);
  if (nothing !== undefined) return nothing;
  if (expected.after?.refused && shape !== 'one-dual') {
    return 'the API refuses the change without a look at the pools';
  }
  return undefined;
}

function nothingToChange(
  operation: Case['operation'],
  { policy, families }: ServiceSpec,
): string | undefined {
  const isDual = families.length === 2;
  switch (operation) {
    case 'to-single':
      return policy === 'SingleStack' ? 'the policy is SingleStack already' : undefined;
    case 'to-prefer':
      return policy === 'PreferDualStack' ? 'the policy is PreferDualStack already' : undefined;
    case 'to-require':
      return policy === 'RequireDualStack' ? 'the policy is RequireDualStack already' : undefined;
    case 'add-family':
    case 'add-family-only':
      return isDual ? 'the Service has both families already' : undefined;
    case 'drop-family':
    case 'drop-family-only':
      return isDual ? undefined : 'the Service has no second family';
    default:
      return undefined;
  }
}
