import { z } from 'zod';

import { FAMILIES } from '../../base/addresses.ts';

/** Every fault that can be told from a Service's surroundings (docs/diagnosis.md). The names are stable. */
export const CAUSES = [
  'not-a-load-balancer',
  'rejected-by-api',
  'class-not-handled',
  'single-stack-cluster',
  'policy-single-stack',
  'requested-address-invalid',
  'requested-address-wrong-family',
  'requested-pool-unknown',
  'requested-address-outside-pools',
  'requested-address-taken',
  'shared-address-conflict',
  'pool-missing',
  'pool-namespace-mismatch',
  'pool-selector-mismatch',
  'pool-not-auto-assigned',
  'separate-pools',
  'pool-exhausted',
  'address-outside-pools',
  'controller-not-ready',
  'no-advertisement',
  'advertisement-excludes-nodes',
  'excluded-nodes',
  'no-ready-announcer',
  'local-policy-without-endpoint',
  'no-endpoints',
  'backend-not-ready',
  'route-missing',
  'neighbour-silent',
  'unexplained',
] as const;
export type Cause = (typeof CAUSES)[number];

/** One fault of a Service, what to do about it, and what proves it. */
export const diagnosisSchema = z.object({
  cause: z.enum(CAUSES),
  /** The family that lacks something; none where both do, or the Service as a whole. */
  family: z.enum(FAMILIES).optional(),
  /** What is wrong, with the names in it: one sentence. */
  text: z.string(),
  /** Exactly what to do: one sentence. */
  fix: z.string(),
  /** The facts that prove it. */
  evidence: z.array(z.string()),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;
