import { readFile } from 'node:fs/promises';

import { parseDocument } from 'yaml';
import { z } from 'zod';

import { FAMILIES, type Family } from '../../base/addresses.ts';
import { messageOf, UsageError } from '../../base/errors.ts';
import { quantile } from '../../base/statistics.ts';
import type { HistoryEntry } from './history-entry.ts';

const limit = z.number().positive().optional().describe('Milliseconds that may not be exceeded.');
const limitsSchema = z.strictObject({ p50: limit, p95: limit, max: limit });
const familiesSchema = z.strictObject({ IPv4: limitsSchema.optional(), IPv6: limitsSchema.optional() });

const budgetsSchema = z.strictObject({
  assignment: familiesSchema.optional(),
  outages: z.record(z.string(), familiesSchema).optional().describe('By `scenario/step`, or by scenario.'),
  scenarios: z.record(z.string(), z.number().positive()).optional().describe('How long each may take.'),
  runMs: limit,
});
export type Budgets = z.infer<typeof budgetsSchema>;

/** A limit, and what was measured; `exceeded` also where it was not measured at all. */
export interface BudgetResult {
  measure: string;
  limitMs: number;
  /** Left out where the run did not measure it. */
  ms?: number;
  exceeded: boolean;
}

/** @throws UsageError `DUALVIP_BUDGETS_INVALID` */
export async function readBudgets(file: string): Promise<Budgets> {
  const document = parseDocument(
    await readFile(file, 'utf8').catch((error: unknown) => {
      throw invalid(file, messageOf(error), error);
    }),
  );
  const [mistake] = document.errors;
  if (mistake) throw invalid(file, mistake.message.split('\n')[0] ?? mistake.message, mistake);
  const parsed = budgetsSchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue && issue.path.length > 0 ? `${z.core.toDotPath(issue.path)}: ` : '';
  throw invalid(file, `${place}${issue?.message}`, parsed.error);
}

function invalid(file: string, problem: string, cause: unknown): UsageError {
  return new UsageError('DUALVIP_BUDGETS_INVALID', `${file} is no file of budgets: ${problem}`, {
    cause,
    hint: 'For instance assignment: { IPv4: { p95: 500 } }; docs/ci-reports.md has all keys.',
  });
}

/** Every limit against a run. A limit that nothing was measured for is exceeded: else it would guard nothing. */
export function checkBudgets(budgets: Budgets, entry: HistoryEntry): BudgetResult[] {
  return [
    ...families('assignment', budgets.assignment, (family) => entry.assignment[family]),
    ...Object.entries(budgets.outages ?? {}).flatMap(([name, limits]) =>
      families(`outage ${name}`, limits, (family) => outagesOf(name, family, entry)),
    ),
    ...Object.entries(budgets.scenarios ?? {}).map(([id, limitMs]) =>
      result(`scenario ${id}`, limitMs, entry.scenarios[id]?.ms),
    ),
    ...(budgets.runMs === undefined ? [] : [result('run', budgets.runMs, entry.durationMs)]),
  ];
}

function outagesOf(name: string, family: Family, { outages }: HistoryEntry): number[] {
  const steps = Object.keys(outages).filter((step) => step === name || step.startsWith(`${name}/`));
  return steps.flatMap((step) => outages[step]?.[family] ?? []);
}

const SHARES = { p50: 0.5, p95: 0.95, max: 1 } as const;

function families(
  measure: string,
  limits: z.infer<typeof familiesSchema> | undefined,
  valuesOf: (family: Family) => readonly number[],
): BudgetResult[] {
  return FAMILIES.flatMap((family) =>
    (['p50', 'p95', 'max'] as const).flatMap((name) => {
      const limitMs = limits?.[family]?.[name];
      if (limitMs === undefined) return [];
      const values = valuesOf(family);
      const ms = values.length === 0 ? undefined : quantile(values, SHARES[name]);
      return [result(`${measure} ${family} ${name}`, limitMs, ms)];
    }),
  );
}

function result(measure: string, limitMs: number, ms: number | undefined): BudgetResult {
  return {
    measure,
    limitMs,
    ...(ms === undefined ? {} : { ms }),
    exceeded: ms === undefined || ms > limitMs,
  };
}
