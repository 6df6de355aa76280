import { jsonrepair, JSONRepairError } from 'jsonrepair';
import { z } from 'zod';

import { messageOf } from '../../base/errors.ts';
import { observationSchema, runRecordSchema, scenarioRecordSchema } from './record.ts';
import type { RunRecord, ScenarioRecord } from './record.ts';
import { migrated } from './versions.ts';

export interface Salvaged {
  record: RunRecord;
  /** What is missing or stands in for something, a sentence each. Empty where the record is whole. */
  damage: string[];
}

/** What a report can do without. Everything else says what the run was of: without it there is no report. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  durationMs: 0,
  command: [],
  harness: { version: 'unknown', node: 'unknown' },
  machine: { platform: 'unknown', cpus: 0, memoryBytes: 0 },
  engine: { version: 'unknown', cgroupVersion: 0 },
  exitCode: 2,
  rssBytes: 0,
};

const TIMING = { wallMs: 0, implementationMs: 0, settleMs: 0, apiMs: 0, overheadMs: 0 };

/**
 * What can be read of a damaged run record: its scenarios one by one, of a scenario the observations one by one.
 * `others` are records that the scenarios have of their own, for those that the run's record has lost.
 * undefined where what says which run it was is lost.
 */
export function salvageRecord(text: string, others: readonly unknown[] = []): Salvaged | undefined {
  const damage: string[] = [];
  const loose = looseSchema.safeParse(migrated(parse(text, damage)));
  if (!loose.success) return undefined;
  const entries = Object.entries(runRecordSchema.shape).filter(([key]) => key !== 'scenarios');
  const head = entries.map(([key, schema]) => {
    const parsed = schema.safeParse(loose.data[key]);
    if (parsed.success) return [key, parsed.data];
    damage.push(`${key}: ${problemOf(parsed.error)}`);
    return [key, STAND_INS[key]];
  });
  const scenarios = scenariosOf(loose.data['scenarios'], { others, damage });
  const record = runRecordSchema.safeParse({ ...Object.fromEntries(head), scenarios });
  return record.success ? { record: record.data, damage } : undefined;
}

const looseSchema = z.looseObject({});

/** Brackets that were never closed are closed; from what cannot be mended on, all is lost. */
function parse(text: string, damage: string[]): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    damage.push(`the file is not JSON: ${messageOf(error)}`);
  }
  let rest = text;
  // Once as it is, and once up to what could not be mended.
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    try {
      return JSON.parse(jsonrepair(rest));
    } catch (error) {
      if (!(error instanceof JSONRepairError)) return undefined;
      rest = rest.slice(0, error.position);
    }
  }
  return undefined;
}

function scenariosOf(
  data: unknown,
  { others, damage }: { others: readonly unknown[]; damage: string[] },
): ScenarioRecord[] {
  const list = Array.isArray(data) ? data : [];
  if (!Array.isArray(data)) damage.push('scenarios: lost');
  const own = others.flatMap((one) => scenarioRecordSchema.safeParse(one).data ?? []);
  const kept = new Map<string, ScenarioRecord>();
  for (const [index, one] of list.entries()) {
    const parsed = scenarioRecordSchema.safeParse(one);
    const id = idSchema.safeParse(one).data?.id;
    const name = `scenarios[${index}]${id === undefined ? '' : ` (${id})`}`;
    const better = own.find((other) => other.id === id);
    if (parsed.success) kept.set(parsed.data.id, parsed.data);
    else if (better) damage.push(`${name}: ${problemOf(parsed.error)}; taken from its own record`);
    else {
      const part = partOf(one);
      if (part) kept.set(part.record.id, part.record);
      damage.push(`${name}: ${problemOf(parsed.error)}; ${part ? part.lost : 'left out'}`);
    }
  }
  for (const one of own) {
    if (kept.has(one.id)) continue;
    const isNamed = list.some((other) => idSchema.safeParse(other).data?.id === one.id);
    if (!isNamed) damage.push(`${one.id}: not in the record; taken from its own`);
    kept.set(one.id, one);
  }
  return [...kept.values()];
}

const idSchema = z.object({ id: z.string() });
const partSchema = z.looseObject({
  observations: z.array(z.unknown()).catch([]),
  evidence: z.array(z.unknown()).catch([]),
});

/** A scenario whose verdict and checks are there, with those of its observations that can be read. */
function partOf(data: unknown): { record: ScenarioRecord; lost: string } | undefined {
  const loose = partSchema.safeParse(data);
  if (!loose.success) return undefined;
  const observations = loose.data.observations.flatMap((one) => observationSchema.safeParse(one).data ?? []);
  const evidence = loose.data.evidence.filter((one) => typeof one === 'string');
  const record = scenarioRecordSchema.safeParse({
    ranges: {},
    timing: TIMING,
    ...loose.data,
    observations,
    evidence,
  });
  if (!record.success) return undefined;
  const lost = loose.data.observations.length - observations.length;
  return {
    record: record.data,
    lost: lost === 0 ? 'the rest of it is kept' : `${lost} observations left out`,
  };
}

function problemOf({ issues: [issue] }: z.ZodError): string {
  const place = issue && issue.path.length > 0 ? `${z.core.toDotPath(issue.path)}: ` : '';
  return `${place}${issue?.message ?? 'not readable'}`;
}
