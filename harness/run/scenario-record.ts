import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { writeJson } from '../../base/json-file.ts';
import { scenarioRecordSchema, type ScenarioRecord } from '../../reports/record/record.ts';

/**
 * What this process has written, by file: Vitest's worker is this process (in-process-pool.ts), and to read back a
 * record of a thousand Services takes several times its memory.
 */
const written = new Map<string, ScenarioRecord>();

/** Where a scenario's record is in a run's folder. */
export function scenarioRecordFile(run: string, scenario: string): string {
  return path.join(run, 'scenarios', scenario, 'record.json');
}

/** Its folder must be there. */
export async function writeScenarioRecord(run: string, record: ScenarioRecord): Promise<void> {
  const file = scenarioRecordFile(run, record.id);
  await writeJson(file, record);
  written.set(file, record);
}

/** undefined where the scenario has no record: filtered out, or the run ended before it. */
export async function readScenarioRecord(run: string, scenario: string): Promise<ScenarioRecord | undefined> {
  const file = scenarioRecordFile(run, scenario);
  const known = written.get(file);
  if (known) return known;
  try {
    return scenarioRecordSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** To be called when a run is over: a process may do several. */
export function forgetScenarioRecords(): void {
  written.clear();
}
