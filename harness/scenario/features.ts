/**
 * What an implementation may or may not claim (docs/features.md). A scenario that names one of them which is not
 * claimed is `unsupported`: so a word that is none of them must not pass.
 */
export const FEATURES = [
  'addresses-by-annotation',
  'addresses-by-spec',
  'advertisement-interfaces',
  'advertisement-nodes',
  'advertisement-services',
  'auto-assign',
  'avoid-buggy-ips',
  'bgp',
  'bgp-ipv4',
  'bgp-ipv4-only',
  'events',
  'l2',
  'load-balancer-class',
  'pool-by-annotation',
  'pool-namespaces',
  'pool-priority',
  'pool-service-selector',
  'pool-validation',
  'prefer-dual-stack',
  'require-dual-stack',
  'separate-pools',
  'shared-address',
  'single-stack',
] as const;
export type Feature = (typeof FEATURES)[number];
