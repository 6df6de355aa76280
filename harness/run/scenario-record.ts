import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { scenarioRecordSchema, type ScenarioRecord } from '../../reports/record/record.ts';

/** Where a scenario's record is in a run's folder. */
export function scenarioRecordFile(run: string, scenario: string): string {
  return path.join(run, 'scenarios', scenario, 'record.json');
}

/** undefined where the scenario has no record: filtered out, or the run ended before it. */
export async function readScenarioRecord(run: string, scenario: string): Promise<ScenarioRecord | undefined> {
  try {
    return scenarioRecordSchema.parse(JSON.parse(await readFile(scenarioRecordFile(run, scenario), 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
