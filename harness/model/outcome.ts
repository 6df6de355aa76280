import type { Family } from '../../base/addresses.ts';
import { TOPOLOGY_FAMILIES } from '../../clusters/topology.ts';
import { LISTED, type Case, type Operation, type Shape } from './case.ts';
import { POOL_SHAPES, poolsWith } from './pool-shape.ts';
import { create, update, type Asked, type Refusal, type ServiceSpec } from './service-api.ts';

/** The addresses of a Service, in the order of its families; none: it is Pending. */
export type Assignment = readonly { family: Family; pools: readonly string[] }[];

/** How things stand when everything has settled. */
export interface Phase {
  /** The last request was refused, and so nothing has changed. */
  refused?: Refusal;
  spec: ServiceSpec;
  pools: Shape;
  addresses: Assignment;
  /** The families whose address is the same as in the phase before. */
  keeps: readonly Family[];
}

/** What has to come of a case: the Service's creation refused, or how it stands after it and after the operation. */
export type Expected = { refused: Refusal } | { created: Phase; after?: Phase };

/** What the documentation of Kubernetes and the guide's claims promise; which of them, docs/model.md tells. */
export function expectedOf({ topology, policy, families, shape, operation }: Case): Expected {
  const cluster = TOPOLOGY_FAMILIES[topology];
  const asked = { policy: policy === 'unset' ? undefined : policy, families: LISTED[families] };
  const answer = create(asked, cluster);
  if ('refused' in answer) return answer;
  const spec = answer.stored;
  const created: Phase = { spec, pools: shape, addresses: assign(spec, shape), keeps: [] };
  if (operation === 'create') return { created };
  const change = changeOf(operation, spec);
  const updated = change && update(spec, change, cluster);
  if (updated && 'refused' in updated) {
    return { created, after: { ...created, refused: updated.refused, keeps: familiesOf(created.addresses) } };
  }
  const pools = shapeAfter(shape, operation);
  const now = updated?.stored ?? spec;
  const after = { spec: now, pools, addresses: assign(now, pools) };
  return { created, after: { ...after, keeps: keepsOf(created.addresses, after) } };
}

/**
 * C1: one address, of the family asked for. C2, C4: one of each family, C6: from whichever pool has it.
 * C3: PreferDualStack makes do with what there is. C5: RequireDualStack does not.
 */
function assign(spec: ServiceSpec, shape: Shape): Assignment {
  const available = availableTo(spec, shape);
  return spec.policy === 'RequireDualStack' && available.length < 2 ? [] : available;
}

/** An address of each of the Service's families that a pool has one of, whatever the policy. */
export function availableTo({ families }: ServiceSpec, shape: Shape): Assignment {
  return families
    .map((family) => ({ family, pools: poolsWith(family, shape) }))
    .filter(({ pools }) => pools.length > 0);
}

/** The patch that an operation is; undefined where it changes no Service. */
export function changeOf(operation: Operation, { families }: ServiceSpec): Asked | undefined {
  const [first] = families;
  if (first === undefined) return undefined;
  const second: Family = first === 'IPv4' ? 'IPv6' : 'IPv4';
  const changes: Partial<Record<Operation, Asked>> = {
    'to-single': { policy: 'SingleStack' },
    'to-prefer': { policy: 'PreferDualStack' },
    'to-require': { policy: 'RequireDualStack' },
    'add-family': { policy: 'PreferDualStack', families: [first, second] },
    'add-family-only': { families: [first, second] },
    'drop-family': { policy: 'SingleStack', families: [first] },
    'drop-family-only': { families: [first] },
    'swap-primary': { families: families.length === 2 ? [second, first] : [second] },
  };
  return changes[operation];
}

export function shapeAfter(shape: Shape, operation: Operation): Shape {
  const { add, remove } = POOL_SHAPES[shape];
  if (operation === 'add-pool' && 'becomes' in add) return add.becomes;
  if (operation === 'remove-pool' && 'becomes' in remove) return remove.becomes;
  return shape;
}

/** C12: an address that the Service has stays, unless the pool that it is of may be the one that went. */
export function keepsOf(
  before: Assignment,
  { addresses, pools }: Pick<Phase, 'addresses' | 'pools'>,
): Family[] {
  const names = new Set(POOL_SHAPES[pools].pools.map(({ name }) => name));
  return familiesOf(addresses).filter((family) => {
    const served = before.find((one) => one.family === family)?.pools;
    return served !== undefined && served.every((pool) => names.has(pool));
  });
}

function familiesOf(addresses: Assignment): Family[] {
  return addresses.map(({ family }) => family);
}
