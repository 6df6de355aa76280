import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { HarnessError, UsageError } from '../base/errors.ts';
import { scenarioRecordSchema } from './record/record.ts';
import { salvageRecord, type Salvaged } from './record/salvage.ts';
import { readRecordText, readRunRecord, UNFINISHED_FILE } from './record-file.ts';

/**
 * A run's record; of a run that was killed, what its scenarios had written by then; or of a damaged one what can be saved: also from the records that its scenarios have of their own.
 * @throws as readRunRecord, where what says which run it was is lost
 */
export async function readSalvagedRun(file: string): Promise<Salvaged> {
  try {
    return { record: await readRunRecord(file), damage: [] };
  } catch (error) {
    if (error instanceof UsageError) return unfinishedRun(path.dirname(file), error);
    if (!(error instanceof HarnessError) || error.code !== 'DUALVIP_RECORD_INVALID') throw error;
    const others = await scenarioRecords(path.dirname(file));
    const salvaged = salvageRecord(await readRecordText(file), others);
    if (!salvaged) throw error;
    return salvaged;
  }
}

/** @throws `missing`, where nothing was written of the run */
async function unfinishedRun(folder: string, missing: UsageError): Promise<Salvaged> {
  const head = await readRunRecord(path.join(folder, UNFINISHED_FILE)).catch(() => {
    throw missing;
  });
  const scenarios = (await scenarioRecords(folder)).flatMap(
    (one) => scenarioRecordSchema.safeParse(one).data ?? [],
  );
  const damage = [`the run did not come to its end: ${scenarios.length} of its scenarios had ended`];
  return { record: { ...head, scenarios }, damage };
}

async function scenarioRecords(run: string): Promise<unknown[]> {
  const folder = path.join(run, 'scenarios');
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
