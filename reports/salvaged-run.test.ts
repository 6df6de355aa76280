import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { runWith, scenarioWith } from './fixtures.ts';
import { writeRunRecord, writeUnfinished } from './record-file.ts';
import { readSalvagedRun } from './salvaged-run.ts';

const scenario = scenarioWith('pass');
const run = runWith([scenario, scenarioWith('fail')]);

async function folderWith(text: string) {
  const folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-salvage-'));
  const file = path.join(folder.path, 'run.json');
  await writeFile(file, text);
  return { file, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

describe('readSalvagedRun', () => {
  it('reads a whole record', async () => {
    await using folder = await folderWith(JSON.stringify(run));
    expect(await readSalvagedRun(folder.file)).toEqual({ record: run, damage: [] });
  });

  it('takes the scenarios that a broken record lacks from their own folders', async () => {
    await using folder = await folderWith(JSON.stringify({ ...run, scenarios: 'lost' }));
    const own = path.join(path.dirname(folder.file), 'scenarios');
    await mkdir(path.join(own, scenario.id), { recursive: true });
    await mkdir(path.join(own, 'broken'));
    await writeFile(path.join(own, scenario.id, 'record.json'), JSON.stringify(scenario));
    await writeFile(path.join(own, 'broken', 'record.json'), '{"id": ');
    const { record, damage } = await readSalvagedRun(folder.file);
    expect(record.scenarios).toEqual([scenario]);
    expect(damage).toEqual(['scenarios: lost', 'c2-dual-pool: not in the record; taken from its own']);
  });

  it('has of a run that was killed what its scenarios had written by then', async () => {
    await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-salvage-'));
    const file = path.join(folder.path, 'run.json');
    await writeUnfinished(folder.path, { ...run, interrupted: 'the run did not come to its end' });
    const own = path.join(folder.path, 'scenarios');
    await mkdir(path.join(own, scenario.id), { recursive: true });
    await mkdir(path.join(own, 'begun'));
    await writeFile(path.join(own, scenario.id, 'record.json'), JSON.stringify(scenario));
    const { record, damage } = await readSalvagedRun(file);
    expect(record.scenarios).toEqual([scenario]);
    expect(record.interrupted).toBe('the run did not come to its end');
    expect(damage).toEqual(['the run did not come to its end: 1 of its scenarios had ended']);
    // What comes to its end has a record in its place.
    await writeRunRecord(folder.path, run);
    expect(await readSalvagedRun(file)).toEqual({ record: run, damage: [] });
    await expect(readSalvagedRun(path.join(folder.path, 'none', 'run.json'))).rejects.toMatchObject({
      code: 'DUALVIP_RECORD_NOT_FOUND',
    });
  });

  it('says of what is no record what is wrong', async () => {
    await using folder = await folderWith('{"version": ');
    await expect(readSalvagedRun(folder.file)).rejects.toMatchObject({
      code: 'DUALVIP_RECORD_INVALID',
      message: `${folder.file} is not a run record: Unexpected end of JSON input`,
    });
  });

  it('does not guess at a version that is not known', async () => {
    await using folder = await folderWith(JSON.stringify({ ...run, version: 'dualvip/run/v9' }));
    await expect(readSalvagedRun(folder.file)).rejects.toMatchObject({ code: 'DUALVIP_RECORD_VERSION' });
  });
});
