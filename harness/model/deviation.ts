import { readFile } from 'node:fs/promises';
import path from 'node:path';

import semver from 'semver';
import { z } from 'zod';

import { PROJECT_ROOT } from '../../base/folders.ts';
import type { ImplementationRef } from '../../clusters/implementations/implementation.ts';
import { knownShape, type Deviation } from '../deviation/deviation.ts';
import { invariantSchema } from '../judge/invariants.ts';
import { scenarioInvalid } from '../scenario/problem.ts';
import { schemaProblems } from '../scenario/schema-problems.ts';
import { parseYaml } from '../scenario/yaml-source.ts';
import { caseId, LISTS, OPERATIONS, POLICIES, SHAPES, type Case } from './case.ts';
import { deviate, type Rule } from './deviate.ts';
import { expectedOf } from './outcome.ts';
import { continuity, expectationOf, STEP_IDS } from './scenario.ts';

const conditionSchema = z
  .strictObject({
    policies: z
      .array(z.enum(POLICIES).exclude(['unset']))
      .min(1)
      .optional(),
    families: z
      .array(z.enum(LISTS).exclude(['unset']))
      .min(1)
      .optional(),
    pools: z.array(z.enum(SHAPES)).min(1).optional(),
    before: z.array(z.enum(SHAPES)).min(1).optional().describe('The pools in the phase before.'),
    had: z
      .array(z.int().min(0).max(2))
      .min(1)
      .optional()
      .describe('How many addresses the Service had in the phase before; 0 at its creation.'),
    operations: z.array(z.enum(OPERATIONS)).min(1).optional().describe('What was done before this phase.'),
  })
  .describe(
    'How things stand in one phase of a case, as the API has stored them; left out, anything will do.',
  );

const ruleSchema = z
  .strictObject({
    when: conditionSchema,
    gets: z
      .enum(['one', 'none', 'available', 'all', 'kept'])
      .optional()
      .describe(
        'one: of the family that it has an address of, else of its primary family. none: Pending. available: of each of its families that a pool has an address of, whatever the policy. all: one of each of its families, also where another Service has it. kept: what it had.',
      ),
    order: z
      .enum(['IPv4-first', 'IPv6-first', 'as-gained'])
      .optional()
      .describe('Of two addresses in the status. as-gained: the one that it had before comes first.'),
    violates: z
      .array(invariantSchema)
      .min(1)
      .optional()
      .describe('Invariants that do not hold where the condition does in the last phase.'),
    ...knownShape,
  })
  .refine(({ gets, order, violates }) => [gets, order, violates].some((one) => one !== undefined), {
    error: 'say what a Service `gets`, the `order` of its addresses, or what it `violates`',
  })
  .describe('A rule of the implementation that differs from the claims, wherever its condition holds.');

const fileSchema = z.array(ruleSchema);

export type ModelDeviation = Rule & z.output<typeof ruleSchema>;

/**
 * The rules of an implementation: clusters/implementations/<name>/model-deviations.yaml; none without that file.
 * @throws UsageError `DUALVIP_SCENARIO_INVALID` with every problem's file, line and column
 */
export async function loadModelDeviations(implementation: string): Promise<ModelDeviation[]> {
  const folder = path.join(PROJECT_ROOT, 'clusters/implementations', implementation);
  const file = path.join(folder, 'model-deviations.yaml');
  return parseModelDeviations(file, await readFile(file, 'utf8').catch(() => '[]'));
}

/** The same from a file's text. */
export function parseModelDeviations(file: string, text: string): ModelDeviation[] {
  const source = parseYaml(file, text);
  if (source.problems.length > 0) throw scenarioInvalid(source.problems);
  const parsed = fileSchema.safeParse(source.data);
  if (!parsed.success) throw scenarioInvalid(schemaProblems(fileSchema, parsed.error.issues, source));
  return parsed.data;
}

/**
 * What is known to come of a case instead, as the known deviation of its scenario; undefined where every rule that
 * holds leads to what is claimed.
 */
export function modelDeviationOf(
  rules: readonly ModelDeviation[],
  one: Case,
  { version, mode }: ImplementationRef,
): Deviation | undefined {
  const expected = expectedOf(one);
  if ('refused' in expected) return undefined;
  const applying = rules.filter(
    ({ versions, modes }) =>
      semver.satisfies(version, versions, { includePrerelease: true }) && (modes?.includes(mode) ?? true),
  );
  const {
    created,
    after,
    rules: used,
    violated,
  } = deviate({ ...expected, operation: one.operation }, applying);
  if (used.length === 0) return undefined;
  const steps: Deviation['steps'] = { [STEP_IDS.created]: { expect: expectationOf(created) } };
  if (after) {
    const expect = { ...expectationOf(after), ...continuity(created.addresses, after) };
    steps[STEP_IDS.after] = { expect };
  }
  return {
    scenarios: [caseId(one)],
    versions: inCommon(used.map(({ versions }) => versions)),
    summary: distinct(used.map(({ summary }) => summary)).join('; '),
    ...(used.some(({ chance }) => chance) ? { chance: true } : {}),
    upstream: distinct(used.flatMap(({ upstream }) => upstream)),
    invariants: [...new Set(violated)],
    steps,
  };
}

/** The known deviations of cases: what `deviationOf` looks a scenario's id up in. */
export function modelDeviationsOf(
  rules: readonly ModelDeviation[],
  cases: readonly Case[],
  ref: ImplementationRef,
): Deviation[] {
  return cases.flatMap((one) => modelDeviationOf(rules, one, ref) ?? []);
}

/** Ranges beside one another are what all of them have in common. */
function inCommon(ranges: readonly string[]): string {
  return distinct(ranges.filter((range) => range !== '*')).join(' ') || '*';
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
