import { z } from 'zod';

import { runRecordSchema } from '../record/record.ts';

/** What a conformance report says that it is. A change that an old reader cannot take gets a new number. */
export const CONFORMANCE_VERSION = 'dualvip/conformance/v1';

export const STATUSES = ['supported', 'deviating', 'failing', 'unsupported', 'untested'] as const;
const statusSchema = z
  .enum(STATUSES)
  .describe(
    'supported: every scenario of it passes. deviating: one does not, and exactly as is known. ' +
      'failing: one does not, and not as is known. unsupported: the implementation does not claim it. ' +
      'untested: a scenario has no verdict, or none that says anything of the implementation.',
  );
export type Status = z.infer<typeof statusSchema>;

/** A known deviation that was seen. */
const deviationSchema = z.object({
  summary: z.string(),
  /** Where it is reported upstream; none where nobody has reported it yet. */
  upstream: z.array(z.url()),
  scenarios: z.array(z.string()).min(1),
});

const featureResultSchema = z.object({
  name: z.string(),
  title: z.string(),
  status: statusSchema,
  /** Each family for itself, and the pair: what no single family has, too. */
  families: z.object({ IPv4: statusSchema, IPv6: statusSchema, pair: statusSchema }),
  scenarios: z.number().int().min(1).describe('How many prove it.'),
  passed: z.number().int().min(0),
  allocationOnly: z
    .literal(true)
    .optional()
    .describe('Nothing announces the addresses, so steps that connect to one were not judged.'),
  deviations: z.array(deviationSchema).optional(),
  failed: z.array(z.string()).optional().describe('Scenarios that failed, and not as is known.'),
  unsupported: z.array(z.string()).optional().describe('Scenarios that need what is not claimed.'),
  skipped: z
    .array(z.object({ scenario: z.string(), reason: z.string() }))
    .optional()
    .describe('Scenarios without a verdict that says anything of the implementation.'),
});
export type FeatureResult = z.infer<typeof featureResultSchema>;

const sectionSchema = z.object({
  /** How many features have each status. */
  statistics: z.record(statusSchema, z.number().int().min(0)),
  features: z.array(featureResultSchema),
});
export type Section = z.infer<typeof sectionSchema>;

/** Milliseconds. */
const distributionSchema = z.object({
  count: z.number().int().min(1),
  p50: z.number(),
  p95: z.number(),
  max: z.number(),
});
export type Distribution = z.infer<typeof distributionSchema>;

const outagesSchema = distributionSchema.extend({
  errorMs: z.number().describe('The true length differs from the measured one by no more.'),
  unrecovered: z.number().int().optional().describe('Outages that were not over when the step was.'),
});

const failoverSchema = z.object({
  scenario: z.string(),
  step: z.string().describe('What it is put down to.'),
  cause: z.string(),
  IPv4: outagesSchema.optional(),
  IPv6: outagesSchema.optional(),
});
export type Failover = z.infer<typeof failoverSchema>;

const { implementation, cluster, harness, machine } = runRecordSchema.shape;
const { topology, kubernetes } = cluster.shape;

export const RESULTS = ['success', 'deviating', 'partial', 'failure'] as const;

export const conformanceReportSchema = z.object({
  version: z.literal(CONFORMANCE_VERSION),
  date: z.iso.datetime().describe('When the newest of its runs began.'),
  harness: harness.pick({ version: true }),
  implementation,
  profile: z.object({ name: z.string(), version: z.number().int() }),
  runs: z
    .array(z.object({ id: z.string(), date: z.iso.datetime(), topology, kubernetes, machine }))
    .min(1)
    .describe('Oldest first.'),
  result: z
    .enum(RESULTS)
    .describe(
      'Of the core. failure: a feature is failing. partial: nothing is, and a scenario was skipped or a feature is ' +
        'not claimed. deviating: all were judged, and one differs exactly as is known. success: all are supported.',
    ),
  summary: z.string(),
  core: sectionSchema,
  extended: sectionSchema,
  harnessFeatures: z
    .array(featureResultSchema)
    .optional()
    .describe('What dualvip itself has shown on this implementation; no feature of it, and counted nowhere.'),
  unclaimedButPasses: z
    .array(z.object({ feature: z.string(), scenario: z.string(), claims: z.array(z.string()) }))
    .optional()
    .describe('Declared unsupported, and yet the scenario passes.'),
  deviationGone: z
    .array(z.object({ feature: z.string(), scenario: z.string(), summary: z.string() }))
    .optional()
    .describe('Known to deviate, and yet the scenario passes.'),
  measurements: z.object({
    assignment: z
      .object({
        IPv4: distributionSchema.optional(),
        IPv6: distributionSchema.optional(),
        skew: distributionSchema.optional(),
      })
      .describe(
        "Milliseconds from the API's answer to the watch event with the address; skew: between families.",
      ),
    failover: z.array(failoverSchema).describe('Milliseconds for which new connections failed.'),
  }),
});
export type ConformanceReport = z.infer<typeof conformanceReportSchema>;
