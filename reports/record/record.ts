import { z } from 'zod';

import { FAMILIES } from '../../base/addresses.ts';
import { observationSchema } from './observation.ts';

export * from './observation.ts';

/** What a record says that it is. A change that an old reader cannot take gets a new number. */
export const RECORD_VERSION = 'dualvip/run/v2';

export const VERDICTS = [
  'pass',
  'expected-fail',
  'fail',
  'unexpected-pass',
  'inconclusive',
  'flaky',
  'unsupported',
  'error',
] as const;
export const verdictSchema = z
  .enum(VERDICTS)
  .describe(
    'pass: as claimed. expected-fail: not as claimed, and exactly as the known deviation says. fail: not as claimed. ' +
      'unexpected-pass: as claimed although a deviation says otherwise, or the implementation does not claim the feature. inconclusive: the control failed too. ' +
      'flaky: of several attempts some were as known and some were not. ' +
      'unsupported: the implementation does not claim the feature. error: the harness failed.',
  );
export type Verdict = z.infer<typeof verdictSchema>;

/** Verdicts that are as known: a run of nothing else ends with exit code 0. */
export const EXPECTED_VERDICTS: ReadonlySet<Verdict> = new Set<Verdict>([
  'pass',
  'expected-fail',
  'unsupported',
]);

const subjectSchema = z.enum([...FAMILIES, 'pair']);
export type Subject = z.infer<typeof subjectSchema>;
export const SUBJECTS: readonly Subject[] = subjectSchema.options;

/** One thing that was compared. */
export const checkSchema = z.object({
  step: z.string(),
  /** The family that it is about, or the pair of both. */
  subject: subjectSchema,
  /** The Service that it is about, as `namespace/name`; left out where that is none, or more than one. */
  service: z.string().optional(),
  ok: z.boolean(),
  /** The control failed in the same window: the network, not the VIP. */
  inconclusive: z.boolean().optional(),
  /** Not judged: the implementation does not claim what it needs. */
  unsupported: z.boolean().optional(),
  expected: z.string(),
  observed: z.string(),
});
export type Check = z.infer<typeof checkSchema>;

export const deviationRecordSchema = z.object({
  summary: z.string(),
  versions: z.string(),
  upstream: z.array(z.string()),
  /** It is there by chance: the scenario may as well pass. */
  chance: z.boolean().optional(),
});

const subjectsVerdictSchema = z.object({ pair: verdictSchema, IPv4: verdictSchema, IPv6: verdictSchema });

/** One of several attempts at a scenario. */
export const attemptSchema = z.object({
  verdict: subjectsVerdictSchema,
  startedAt: z.number(),
  wallMs: z.number(),
  reason: z.string().optional(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** Where a scenario's time went, in milliseconds. */
export const timingSchema = z.object({
  wallMs: z.number(),
  /** Waiting for the implementation to do what is expected, its addresses to answer included. */
  implementationMs: z.number(),
  /** Staying, to see that a state stays. */
  settleMs: z.number(),
  /** Waiting for the API server's answers to what the scenario applies, patches and deletes. */
  apiMs: z.number(),
  /** The rest, the harness's own: other API calls, observing, judging, evidence, cleaning up. */
  overheadMs: z.number(),
});

export type Timing = z.infer<typeof timingSchema>;

const distributionSchema = z.object({
  count: z.number(),
  p50: z.number(),
  p95: z.number(),
  max: z.number(),
});

/** Milliseconds from the API's answer to the watch event with the address; `skew`: between the two families. */
export const assignmentSummarySchema = z.object({
  IPv4: distributionSchema.optional(),
  IPv6: distributionSchema.optional(),
  skew: distributionSchema.optional(),
});
export type AssignmentSummary = z.infer<typeof assignmentSummarySchema>;

export const scenarioRecordSchema = z.object({
  id: z.string(),
  title: z.string(),
  claim: z.string().optional(),
  issue: z.string().optional(),
  features: z.array(z.string()),
  verdict: subjectsVerdictSchema,
  /** Against the claim. */
  checks: z.array(checkSchema),
  /** The known deviation that applies to this implementation and version, whether it was seen or not. */
  deviation: deviationRecordSchema.optional(),
  /** Against the deviation, where there is one. */
  deviationChecks: z.array(checkSchema),
  /** The features that it needs and that the implementation does not claim. */
  unclaimed: z.array(z.string()).optional(),
  /** Why the harness failed, or why a feature is not supported. */
  reason: z.string().optional(),
  /** 1, or more when it was tried again. */
  attempt: z.number().int().min(1),
  /** All of them, where there were several; the rest of the record is that of attempt number `attempt`. */
  attempts: z.array(attemptSchema).optional(),
  startedAt: z.number(),
  /** True where others ran at the same time. */
  shared: z.boolean().optional(),
  timing: timingSchema,
  /** By range name, as `first-last`. */
  ranges: z.record(z.string(), z.string()),
  /** Where it stands as it was when it failed, or at its end: nothing was cleaned up. */
  held: z
    .object({
      /** The last step that was done; left out where all were. */
      after: z.string().optional(),
      namespace: z.string(),
      /** The name of the container that is the client outside of the cluster. */
      probe: z.string(),
    })
    .optional(),
  observations: z.array(observationSchema),
  /** Files relative to the run's folder. */
  evidence: z.array(z.string()),
});
export type ScenarioRecord = z.infer<typeof scenarioRecordSchema>;

/** Of a build of the user's own: what it was built of, wherever that lay. */
const ownBuildSchema = z.object({
  /** SHA-256 of the sources that were built and the manifests that were applied. */
  tree: z.string(),
  /** Of git, where the sources were in it. */
  commit: z.string().optional(),
  describe: z.string().optional(),
  /** True: something was not committed. */
  dirty: z.boolean().optional(),
  /** The release that stood for it where what is known depends on the version, and by what it was found. */
  release: z.object({ version: z.string(), by: z.string() }),
});

export const runRecordSchema = z.object({
  version: z.literal(RECORD_VERSION),
  /** The version that the file has, where it is an older one: set when it is read. */
  writtenAs: z.string().optional(),
  id: z.string(),
  /** On the wall clock, when the monotonic one was at 0 (until v1: up to a few seconds later). */
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  command: z.array(z.string()),
  harness: z.object({ version: z.string(), node: z.string() }),
  machine: z.object({ platform: z.string(), cpus: z.number(), memoryBytes: z.number() }),
  engine: z.object({ version: z.string(), cgroupVersion: z.number() }),
  cluster: z.object({
    name: z.string(),
    topology: z.enum(['dual', 'dual-v6-primary', 'dual-iptables', 'ipv4', 'ipv6']),
    kubernetes: z.string(),
    images: z.object({
      origin: z.string(),
      node: z.string(),
      nodeId: z.string(),
      probe: z.string(),
      /** What they were built of: `VERSION HASH` of go.sum, by module. */
      modules: z.record(z.string(), z.string()).optional(),
    }),
    subnets: z.object({ IPv4: z.string().optional(), IPv6: z.string().optional() }),
    nodes: z.array(
      z.object({
        name: z.string(),
        role: z.string(),
        mac: z.string(),
        addresses: z.object({ IPv4: z.string().optional(), IPv6: z.string().optional() }),
      }),
    ),
  }),
  /** What else a result depends on, and who runs it again has to know. */
  settings: z
    .object({
      nudges: z.string(),
      /** The bounds that were overridden, as environment variables. */
      timeouts: z.record(z.string(), z.string()),
    })
    .optional(),
  implementation: z.object({
    name: z.string(),
    version: z.string(),
    mode: z.string(),
    build: ownBuildSchema.optional(),
  }),
  scenarios: z.array(scenarioRecordSchema),
  /** Of the scenarios that had the cluster to themselves, and did not ask for many Services at once. */
  assignment: assignmentSummarySchema.optional(),
  /** Why the run ended before all of its scenarios had a verdict. */
  interrupted: z.string().optional(),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  /** Peak resident memory of the harness's process, in bytes. */
  rssBytes: z.number(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
