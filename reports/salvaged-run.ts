import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { HarnessError } from '../base/errors.ts';
import { salvageRecord, type Salvaged } from './record/salvage.ts';
import { readRecordText, readRunRecord } from './record-file.ts';

/**
 * A run's record, or of a damaged one what can be saved: also from the records that its scenarios have of their own.
 * @throws as readRunRecord, where what says which run it was is lost
 */
export async function readSalvagedRun(file: string): Promise<Salvaged> {
  try {
    return { record: await readRunRecord(file), damage: [] };
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== 'DUALVIP_RECORD_INVALID') throw error;
    const others = await scenarioRecords(path.join(path.dirname(file), 'scenarios'));
    const salvaged = salvageRecord(await readRecordText(file), others);
    if (!salvaged) throw error;
    return salvaged;
  }
}

async function scenarioRecords(folder: string): Promise<unknown[]> {
  const names = (await readdir(folder).catch(() => [])).toSorted((a, b) => a.localeCompare(b));
  const records = await Promise.all(names.map((name) => readJson(path.join(folder, name, 'record.json'))));
  return records.flat();
}

/** Nothing where it is damaged too. */
async function readJson(file: string): Promise<unknown[]> {
  try {
    return [JSON.parse(await readFile(file, 'utf8'))];
  } catch {
    return [];
  }
}
