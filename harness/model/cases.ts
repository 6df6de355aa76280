import type { Topology } from '../../clusters/topology.ts';
import { caseId, combinations, OPERATIONS, SHAPES, type Case, type Operation, type Shape } from './case.ts';
import { exclusionOf } from './exclusion.ts';
import { expectedOf } from './outcome.ts';

export interface Excluded {
  case: Case;
  reason: string;
}

export interface Model {
  /** In the order of operation, policy, families and shape. */
  cases: Case[];
  /** Every other combination, with why it is none. */
  excluded: Excluded[];
}

/** The shapes with which an operation is done to every Service: one pool for both families, and the guide's. */
const MAIN_SHAPES: readonly Shape[] = ['one-dual', 'separate'];
const MAIN_SHAPES_OF: Readonly<Partial<Record<Operation, readonly Shape[]>>> = {
  // How the API completes what a manifest leaves out has nothing to do with pools, so one shape shows it.
  create: ['one-dual'],
  // Something has to be missing.
  'add-pool': ['ipv4-only', 'ipv6-only'],
  // It takes longer than all of the rest of a case, so Services take turns with every shape.
  restart: [],
};

/** The cases of a topology. The same in every run: nothing is drawn by lot. */
export function modelOf(topology: Topology): Model {
  const excluded: Excluded[] = [];
  const sensible = combinations(topology).filter((candidate) => {
    const reason = exclusionOf(candidate);
    if (reason !== undefined) excluded.push({ case: candidate, reason });
    return reason === undefined;
  });
  const stands = new Map<Case, Case>();
  for (const group of Map.groupBy(sensible, groupOf).values()) {
    for (const one of group) stands.set(one, turnOf(group));
  }
  const cases = sensible.filter((one) => isOwn(one) || stands.get(one) === one);
  for (const one of sensible) {
    if (cases.includes(one)) continue;
    const other = stands.get(one);
    excluded.push({ case: one, reason: `takes turns, here with ${other ? caseId(other) : 'another'}` });
  }
  return { cases, excluded };
}

/** Whether a case is run whatever others show. */
function isOwn({ operation, shape }: Case): boolean {
  return (MAIN_SHAPES_OF[operation] ?? MAIN_SHAPES).includes(shape);
}

/**
 * Cases of which one is enough: Services that are created differently and stored the same, with one shape; and
 * for the other operations, all Services with one shape.
 */
function groupOf(one: Case): string {
  const { operation, shape } = one;
  const expected = expectedOf(one);
  const stored = operation === 'create' && 'created' in expected ? JSON.stringify(expected.created.spec) : '';
  return `${operation} ${shape} ${stored}`;
}

/** Each shape, and each operation, takes another of the group, so that every one has its turn. */
function turnOf(group: readonly Case[]): Case {
  const [first] = group;
  if (!first) throw new TypeError('a group has a member');
  const turn = SHAPES.indexOf(first.shape) + OPERATIONS.indexOf(first.operation);
  return group[turn % group.length] ?? first;
}
