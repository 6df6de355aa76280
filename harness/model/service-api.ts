import type { Family } from '../../base/addresses.ts';
import type { IPFamilyPolicy } from './case.ts';

/** The fields as the API server has stored them: it leaves none of them out. */
export interface ServiceSpec {
  policy: IPFamilyPolicy;
  /** The primary family first. */
  families: readonly Family[];
}

/** The fields as a manifest or a patch has them. */
export interface Asked {
  policy?: IPFamilyPolicy | undefined;
  families?: readonly Family[] | undefined;
}

/** Why the API server refuses, with what its message then says. */
export const REFUSALS = {
  'two-families-single-stack': 'when multiple IP families are specified',
  'cluster-not-dual-stack': 'this cluster is not configured for dual-stack services',
  'family-not-in-cluster': 'not configured on this cluster',
  'primary-is-fixed': 'as indicated by `ipFamilies\\[0\\]`',
  'second-is-kept': "must be 'SingleStack' to release the secondary IP family",
} as const;
export type Refusal = keyof typeof REFUSALS;

export type Answer = { stored: ServiceSpec } | { refused: Refusal };

/**
 * What the API server makes of a new Service: https://kubernetes.io/docs/concepts/services-networking/dual-stack/#services
 * `cluster`: the families of the cluster's service CIDRs, in their order.
 */
export function create({ policy = 'SingleStack', families }: Asked, cluster: readonly Family[]): Answer {
  // "SingleStack: Kubernetes allocates a cluster IP […] using the first configured service cluster IP range"
  const listed = families ?? cluster.slice(0, 1);
  return check({ policy, families: listed }, cluster);
}

/**
 * What it makes of a merge patch of a live Service: "you can add or remove a secondary IP address family, but you
 * cannot change the primary IP address family", and to remove it the policy has to become SingleStack.
 */
export function update(stored: ServiceSpec, asked: Asked, cluster: readonly Family[]): Answer {
  const policy = asked.policy ?? stored.policy;
  const families = asked.families ?? stored.families;
  if (families[0] !== stored.families[0]) return { refused: 'primary-is-fixed' };
  const removes = families.length < stored.families.length;
  if (removes && policy !== 'SingleStack') return { refused: 'second-is-kept' };
  // The second family that the Service has goes with the policy; one that it does not have is a contradiction.
  const dropped = policy === 'SingleStack' && stored.families.length === 2;
  return check({ policy, families: dropped ? families.slice(0, 1) : families }, cluster);
}

function check({ policy, families }: ServiceSpec, cluster: readonly Family[]): Answer {
  const [second] = cluster.filter((family) => family !== families[0]);
  if (policy === 'SingleStack' && families.length > 1) return { refused: 'two-families-single-stack' };
  if (policy === 'RequireDualStack' && cluster.length < 2) return { refused: 'cluster-not-dual-stack' };
  if (!families.every((family) => cluster.includes(family))) return { refused: 'family-not-in-cluster' };
  // "If the cluster has dual-stack enabled", both policies get the family that is not listed, too.
  const completed = policy !== 'SingleStack' && families.length === 1 && second !== undefined;
  return { stored: { policy, families: completed ? [...families, second] : families } };
}
