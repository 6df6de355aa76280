import { z } from 'zod';

import { TOPOLOGIES } from '../../clusters/topology.ts';
import { distinctList, nameSchema } from './expectation.ts';
import { FEATURES } from './features.ts';
import { advertisementSchema, bgpSchema, poolSchema, rangeNameSchema, rangeSchema } from './pool.ts';
import { stepSchema, type Step } from './step.ts';

export * from './announced.ts';
export * from './expectation.ts';
export * from './fault.ts';
export * from './outage.ts';
export * from './pool.ts';
export * from './step.ts';

/** A scenario.yaml, as written. */
export const scenarioSchema = z
  .strictObject({
    id: nameSchema.describe("The scenario's id, the same as its folder's name."),
    title: z.string().min(1).max(120).describe('What is proven, as one line.'),
    claim: z
      .string()
      .regex(/^C(?:[1-9]|1\d|20)$/, { error: 'the guide’s claims are C1 to C20: docs/claims.md' })
      .optional()
      .describe("The guide's claim that is tested, such as C2."),
    issue: z
      .url({ error: 'the address of an issue' })
      .optional()
      .describe('The public issue that it stems from.'),
    about: z.string().min(1).optional().describe('One or two sentences for people.'),
    features: distinctList(z.enum(FEATURES))
      .default([])
      .describe('Features that an implementation must claim; without them the verdict is `unsupported`.'),
    topologies: distinctList(z.enum(TOPOLOGIES))
      .min(1)
      .default(['dual', 'dual-v6-primary', 'dual-iptables'])
      .describe('Clusters that it runs on. Default: those of both families.'),
    core: z
      .boolean()
      .default(false)
      .describe('true: runs by default; the others with --all, or when -t names them.'),
    shared: z
      .boolean()
      .default(false)
      .describe(
        'true: may run while others do. Its pools then serve its own namespace only, under names of their own.',
      ),
    ranges: z.record(rangeNameSchema, rangeSchema).default({}).describe('Ranges of addresses by name.'),
    pools: z.array(poolSchema).default([]).describe('Pools that are made before the first step.'),
    advertise: z
      .array(advertisementSchema)
      .default([])
      .describe('Advertisements that are made before the first step; [] for none.'),
    bgp: bgpSchema.optional(),
    steps: z.array(stepSchema).min(1).describe('What is done and expected, one step after another.'),
  })
  // An `advertise` that was forgotten would look like a broken network.
  .meta({ dependentRequired: { pools: ['advertise'] }, title: 'A dualvip scenario' })
  .describe('A scenario: what is set up, done and expected. See docs/scenarios.md.');

export type ScenarioFile = z.output<typeof scenarioSchema>;
/** A scenario that was read and found to be sound. */
export interface Scenario extends Omit<ScenarioFile, 'steps'> {
  /** Absolute path of its folder. */
  folder: string;
  /** The text of manifests/*.yaml by file name, template variables not yet replaced. */
  manifests: Record<string, string>;
  steps: Step[];
}
