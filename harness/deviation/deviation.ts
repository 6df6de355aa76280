import { readFile } from 'node:fs/promises';
import path from 'node:path';

import semver from 'semver';
import { z } from 'zod';

import { PROJECT_ROOT } from '../../base/folders.ts';
import type { ImplementationRef } from '../../clusters/implementations/implementation.ts';
import { invariantSchema, type Invariant } from '../judge/invariants.ts';
import { announcedSchema } from '../scenario/announced.ts';
import { expectSchema, probeSchema } from '../scenario/expectation.ts';
import { outageSchema } from '../scenario/outage.ts';
import { scenarioInvalid } from '../scenario/problem.ts';
import { schemaProblems } from '../scenario/schema-problems.ts';
import type { Scenario } from '../scenario/schema.ts';
import { diagnoseSchema, routesSchema, trafficSchema } from '../scenario/step.ts';
import { parseYaml } from '../scenario/yaml-source.ts';

/** The kinds of steps of which something else may be known than the scenario states. */
const OVERRIDABLE = ['expect', 'probe', 'traffic', 'outage', 'diagnose', 'routes', 'announced'] as const;

/** What is told of anything that is known to differ: since when, what, and where it is reported. */
export const knownShape = {
  versions: z
    .string()
    .refine((range) => semver.validRange(range) !== null, {
      error: 'this is no range of versions, such as ">=0.14.9"',
    })
    .describe('The versions of the implementation, as a semver range.'),
  modes: z.array(z.string()).optional().describe('The modes; left out: all.'),
  summary: z.string().min(1).describe('What it does instead, as one line.'),
  upstream: z.array(z.url()).describe('Where it is known; [] where nobody has reported it yet.'),
  chance: z
    .literal(true)
    .optional()
    .describe(
      'It happens by chance: each step may be as claimed or as known, each invariant may hold or not. Then that all is as claimed is no news.',
    ),
};

const overrideSchema = z.strictObject({
  expect: expectSchema.optional(),
  probe: probeSchema.optional(),
  traffic: trafficSchema.optional(),
  outage: outageSchema.optional(),
  diagnose: diagnoseSchema.optional(),
  routes: routesSchema.optional(),
  announced: announcedSchema.optional(),
  accepted: z.literal(true).optional().describe('The API takes what it should refuse.'),
});

const deviationSchema = z
  .strictObject({
    scenarios: z.array(z.string()).min(1).describe('Ids of the scenarios whose claim is refuted.'),
    ...knownShape,
    invariants: z
      .array(invariantSchema)
      .default([])
      .describe('The invariants that are known to be violated.'),
    steps: z
      .record(z.string(), overrideSchema)
      .default({})
      .describe('What is known to be instead, by step id, in the place of the scenario’s own expectation.'),
  })
  .describe('A known deviation from what a scenario claims.');

const fileSchema = z.array(deviationSchema);

export type Deviation = z.output<typeof deviationSchema>;

/** What is known of one scenario: of a deviation, or of several as one. */
export interface KnownDeviation extends Omit<Deviation, 'steps'> {
  /** By chance: such a step may as well be as claimed. */
  steps: Record<string, z.output<typeof overrideSchema> & { chance?: true | undefined }>;
  /** Beside the invariants that are violated those that are by chance. */
  mayViolate: Invariant[];
}

/**
 * The known deviations of an implementation: clusters/implementations/<name>/deviations.yaml.
 * @throws UsageError `DUALVIP_SCENARIO_INVALID` with every problem's file, line and column
 */
export async function loadDeviations(
  implementation: string,
  scenarios: readonly Scenario[],
): Promise<Deviation[]> {
  const file = path.join(PROJECT_ROOT, 'clusters/implementations', implementation, 'deviations.yaml');
  const source = parseYaml(file, await readFile(file, 'utf8').catch(() => '[]'));
  if (source.problems.length > 0) throw scenarioInvalid(source.problems);
  const parsed = fileSchema.safeParse(source.data);
  if (!parsed.success) throw scenarioInvalid(schemaProblems(fileSchema, parsed.error.issues, source));
  const problems = parsed.data.flatMap((deviation, index) =>
    deviation.scenarios.flatMap((id, position) => {
      const scenario = scenarios.find((one) => one.id === id);
      if (!scenario) return [];
      return Object.entries(deviation.steps).flatMap(([stepId, override]) => {
        const step = scenario.steps.find((one) => one.id === stepId);
        const kind = override.accepted ? 'rejected' : (OVERRIDABLE.find((one) => override[one]) ?? 'probe');
        if (kind === 'rejected' ? step?.rejected !== undefined : step?.kind === kind) return [];
        return [
          source.problem([index, 'scenarios', position], `${id} has no step "${stepId}" that is a ${kind}`),
        ];
      });
    }),
  );
  if (problems.length > 0) throw scenarioInvalid(problems);
  return parsed.data;
}

/** What is known of a scenario on this implementation, version and mode: one deviation, or several as one. */
export function deviationOf(
  deviations: readonly Deviation[],
  scenario: string,
  { version, mode }: ImplementationRef,
): KnownDeviation | undefined {
  const all = deviations
    .filter(
      (one) =>
        one.scenarios.includes(scenario) &&
        semver.satisfies(version, one.versions, { includePrerelease: true }) &&
        (one.modes?.includes(mode) ?? true),
    )
    .map(known);
  const [first, ...others] = all;
  if (!first || others.length === 0) return first;
  const { chance: _chance, ...rest } = first;
  const invariants = [...new Set(all.flatMap((one) => one.invariants))];
  return {
    ...rest,
    summary: [...new Set(all.map(({ summary }) => summary))].join('; '),
    versions: [...new Set(all.map(({ versions }) => versions))].join(' and '),
    upstream: [...new Set(all.flatMap(({ upstream }) => upstream))],
    ...(all.every(({ chance }) => chance) ? { chance: true } : {}),
    invariants,
    mayViolate: [...new Set(all.flatMap((one) => one.mayViolate))].filter((one) => !invariants.includes(one)),
    steps: Object.fromEntries(all.flatMap(({ steps }) => Object.entries(steps))),
  };
}

function known(deviation: Deviation): KnownDeviation {
  if (!deviation.chance) return { ...deviation, mayViolate: [] };
  const steps = Object.entries(deviation.steps).map(([id, step]) => [id, { ...step, chance: true }] as const);
  return {
    ...deviation,
    invariants: [],
    mayViolate: deviation.invariants,
    steps: Object.fromEntries(steps),
  };
}
