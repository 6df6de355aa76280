import type { Family } from '../../base/addresses.ts';
import type { Topology } from '../../clusters/topology.ts';

/** `spec.ipFamilyPolicy` as a manifest has it; `unset`: the field is left out. */
export const POLICIES = ['unset', 'SingleStack', 'PreferDualStack', 'RequireDualStack'] as const;
export type Policy = (typeof POLICIES)[number];
export type IPFamilyPolicy = Exclude<Policy, 'unset'>;

/** `spec.ipFamilies` as a manifest has it, in words that fit into an id. */
export const LISTS = ['unset', 'v4', 'v6', 'v4-v6', 'v6-v4'] as const;
export type List = (typeof LISTS)[number];

/** What each of them lists; undefined: the field is left out. */
export const LISTED: Readonly<Record<List, readonly Family[] | undefined>> = {
  unset: undefined,
  v4: ['IPv4'],
  v6: ['IPv6'],
  'v4-v6': ['IPv4', 'IPv6'],
  'v6-v4': ['IPv6', 'IPv4'],
};

/** Which pools there are; harness/model/pool-shape.ts tells what is in them. */
export const SHAPES = [
  'one-dual',
  'separate',
  'ipv4-only',
  'ipv6-only',
  'none',
  'ipv4-full',
  'ipv6-full',
  'two-dual',
] as const;
export type Shape = (typeof SHAPES)[number];

/** What is done to the Service that was created; docs/model.md tells of each. */
export const OPERATIONS = [
  'create',
  'to-single',
  'to-prefer',
  'to-require',
  'add-family',
  'add-family-only',
  'drop-family',
  'drop-family-only',
  'swap-primary',
  'add-pool',
  'remove-pool',
  'restart',
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** One combination of everything that decides which addresses a Service gets. */
export interface Case {
  topology: Topology;
  policy: Policy;
  families: List;
  shape: Shape;
  operation: Operation;
}

const POLICY_WORD = {
  unset: 'unset',
  SingleStack: 'single',
  PreferDualStack: 'prefer',
  RequireDualStack: 'require',
} as const satisfies Record<Policy, string>;

/** `model-dual-prefer-v4-v6-separate-restart`: the id of the case's scenario, the same in every run. */
export function caseId({ topology, policy, families, shape, operation }: Case): string {
  return ['model', topology, POLICY_WORD[policy], families, shape, operation].join('-');
}

/** Every combination on a topology, sensible or not. */
export function combinations(topology: Topology): Case[] {
  return OPERATIONS.flatMap((operation) =>
    POLICIES.flatMap((policy) =>
      LISTS.flatMap((families) => SHAPES.map((shape) => ({ topology, policy, families, shape, operation }))),
    ),
  );
}
