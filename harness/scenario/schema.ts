import { z } from 'zod';

import { TOPOLOGIES } from '../../clusters/topology.ts';
import { distinctList, expectSchema, familySchema, nameSchema, probeSchema } from './expectation.ts';
import type { Expectation, Probe } from './expectation.ts';

export * from './expectation.ts';

/** Template variables that are not ranges begin with these, so no range may have such a name. */
export const RESERVED_NAMES: readonly string[] = ['backend', 'run'];

const rangeNameSchema = z
  .string()
  .regex(/^[a-z][-a-z0-9]*$/, { error: 'the name of a range has lower-case letters, digits and hyphens' })
  .refine((name) => !RESERVED_NAMES.includes(name), {
    error: `${RESERVED_NAMES.join(' and ')} are taken by template variables`,
  });

const rangeSchema = z
  .strictObject({
    family: familySchema,
    size: z.int().min(1).max(256).describe('How many addresses, 1 to 256.'),
  })
  .describe("A range of addresses, cut out of the cluster's subnet for this scenario alone.");

const poolSchema = z
  .strictObject({
    name: nameSchema.describe('The name of the pool, such as ipv4-pool.'),
    ranges: distinctList(z.string())
      .min(1)
      .describe('Names of ranges; a dual-stack pool has one of each family.'),
    autoAssign: z
      .boolean()
      .optional()
      .describe('false: only Services that ask for this pool get its addresses.'),
  })
  .describe("A pool; each implementation's folder renders it (MetalLB: IPAddressPool).");

const advertisementSchema = z
  .strictObject({
    name: nameSchema.describe('The name of the advertisement, such as ipv4-l2adv.'),
    pools: distinctList(z.string()).min(1).describe('Names of the pools that are advertised.'),
  })
  .describe("A layer 2 advertisement; each implementation's folder renders it (MetalLB: L2Advertisement).");

const targetShape = {
  kind: z.string().min(1).describe("The object's kind, such as Service."),
  name: nameSchema.describe("The object's name."),
  apiVersion: z
    .string()
    .min(1)
    .optional()
    .describe('The API version; needed where the kind is not one of v1 or apps/v1.'),
};

const targetSchema = z.strictObject(targetShape);
const patchSchema = z.strictObject({
  ...targetShape,
  patch: z
    .record(z.string(), z.unknown())
    .describe('A JSON merge patch (RFC 7386); template variables may be used.'),
});
const scaleSchema = z.strictObject({
  deployment: nameSchema.describe('The Deployment: `web`, the shared backend, or one of the manifests.'),
  replicas: z.int().min(0).max(20).describe('How many pods; waits until they are Ready, or gone.'),
});

const fileSchema = z
  .string()
  .regex(/^[\w-][\w.-]*\.ya?ml$/, { error: 'the name of a YAML file directly under manifests/' });

export const STEP_KINDS = ['apply', 'expect', 'probe', 'patch', 'delete', 'scale'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

const stepFields = {
  id: nameSchema
    .optional()
    .describe('Unique in the scenario; default: kind and position, such as `expect-2`.'),
  apply: distinctList(fileSchema).min(1).optional().describe('Applies files of manifests/, in this order.'),
  expect: expectSchema.optional(),
  probe: probeSchema.optional(),
  patch: patchSchema.optional().describe('Patches an object.'),
  delete: targetSchema.optional().describe('Deletes an object and waits until it is gone.'),
  scale: scaleSchema.optional().describe('Scales a Deployment.'),
} satisfies Record<'id' | StepKind, z.ZodType>;

/**
 * One object with a key for each kind, rather than a union: so an editor completes every kind, and a mistake
 * inside a step is reported where it is instead of as "no branch of the union matches".
 */
export const stepSchema = z
  .strictObject(stepFields)
  .check((context) => {
    const kinds = STEP_KINDS.filter((kind) => context.value[kind] !== undefined);
    if (kinds.length === 1) return;
    const message =
      kinds.length === 0
        ? `a step does one of ${STEP_KINDS.join(', ')}`
        : `a step does one thing, this one does ${kinds.join(' and ')}: make it ${kinds.length} steps`;
    context.issues.push({ code: 'custom', message, input: context.value });
  })
  .meta({ oneOf: STEP_KINDS.map((kind) => ({ required: [kind] })) })
  .describe('One step: an `id` and exactly one of apply, expect, probe, patch, delete, scale.');

/** A scenario.yaml, as written. */
export const scenarioSchema = z
  .strictObject({
    id: nameSchema.describe("The scenario's id, the same as its folder's name."),
    title: z.string().min(1).max(120).describe('What is proven, as one line.'),
    claim: z
      .string()
      .regex(/^C[1-9]\d?$/, { error: 'a claim is written as C1 or C19' })
      .optional()
      .describe("The guide's claim that is tested, such as C2."),
    issue: z
      .url({ error: 'the address of an issue' })
      .optional()
      .describe('The public issue that it stems from.'),
    about: z.string().min(1).optional().describe('One or two sentences for people.'),
    features: distinctList(nameSchema)
      .default([])
      .describe('Features that an implementation must claim; without them the verdict is `unsupported`.'),
    topologies: distinctList(z.enum(TOPOLOGIES))
      .min(1)
      .default(['dual', 'dual-v6-primary'])
      .describe('Clusters that it runs on. Default: dual and dual-v6-primary.'),
    ranges: z.record(rangeNameSchema, rangeSchema).default({}).describe('Ranges of addresses by name.'),
    pools: z.array(poolSchema).default([]).describe('Pools that are made before the first step.'),
    advertise: z
      .array(advertisementSchema)
      .default([])
      .describe('Advertisements that are made before the first step; [] for none.'),
    steps: z.array(stepSchema).min(1).describe('What is done and expected, one step after another.'),
  })
  // An `advertise` that was forgotten would look like a broken network.
  .meta({ dependentRequired: { pools: ['advertise'] }, title: 'A dualvip scenario' })
  .describe('A scenario: what is set up, done and expected. See docs/scenarios.md.');

export type ScenarioFile = z.output<typeof scenarioSchema>;
export type StepFields = z.output<typeof stepSchema>;
export type Range = z.output<typeof rangeSchema>;
export type Pool = z.output<typeof poolSchema>;
export type Advertisement = z.output<typeof advertisementSchema>;
export type Target = z.output<typeof targetSchema>;
export type Patch = z.output<typeof patchSchema>;
export type Scale = z.output<typeof scaleSchema>;

export type Step =
  | { kind: 'apply'; id: string; apply: string[] }
  | { kind: 'expect'; id: string; expect: Expectation }
  | { kind: 'probe'; id: string; probe: Probe }
  | { kind: 'patch'; id: string; patch: Patch }
  | { kind: 'delete'; id: string; delete: Target }
  | { kind: 'scale'; id: string; scale: Scale };

/** A step as the harness runs it. `position` counts from 1 and is the default id's number. */
export function toStep(fields: StepFields, position: number): Step {
  const id = (kind: StepKind) => fields.id ?? `${kind}-${position}`;
  if (fields.apply) return { kind: 'apply', id: id('apply'), apply: fields.apply };
  if (fields.expect) return { kind: 'expect', id: id('expect'), expect: fields.expect };
  if (fields.probe) return { kind: 'probe', id: id('probe'), probe: fields.probe };
  if (fields.patch) return { kind: 'patch', id: id('patch'), patch: fields.patch };
  if (fields.delete) return { kind: 'delete', id: id('delete'), delete: fields.delete };
  if (fields.scale) return { kind: 'scale', id: id('scale'), scale: fields.scale };
  throw new TypeError('a step without a kind passed stepSchema');
}

/** A scenario that was read and found to be sound. */
export interface Scenario extends Omit<ScenarioFile, 'steps'> {
  /** Absolute path of its folder. */
  folder: string;
  /** The text of manifests/*.yaml by file name, template variables not yet replaced. */
  manifests: Record<string, string>;
  steps: Step[];
}
