import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { inject, test } from 'vitest';
import writeFileAtomic from 'write-file-atomic';

import type { ScenarioRecord } from '../../reports/record/record.ts';
import { deviationOf } from '../deviation/deviation.ts';
import { loadScenario } from '../scenario/load.ts';
import { scenarioName } from '../scenario/name.ts';
import { isGreen, runScenario } from './scenario-run.ts';
import { scenarioRecordFile } from './scenario-record.ts';
import { workerOf } from './worker.ts';

/**
 * Makes the one test of a scenario's file. Its name has the claim in it, so that `-t C2` finds it. The record
 * is on disk before the test ends, whatever happens to the run later.
 */
export async function scenarioTest(folder: string): Promise<void> {
  const scenario = await loadScenario(folder);
  test(scenarioName(scenario), async ({ signal, task, skip }) => {
    const handover = inject('dualvip');
    const { session, deviations, watching } = await workerOf(handover);
    const record = await Promise.race([
      runScenario({
        session,
        scenario,
        deviation: deviationOf(deviations, scenario.id, session.implementation.ref),
        attempt: (task.result?.retryCount ?? 0) + 1,
        signal,
      }),
      watching.then(() => Promise.reject(new Error('the watches of the run have ended'))),
    ]);
    const file = scenarioRecordFile(handover.folder, scenario.id);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFileAtomic(file, `${JSON.stringify(record)}\n`);
    if (record.verdict.pair === 'unsupported') skip(record.reason);
    if (!isGreen(record.verdict.pair)) throw new VerdictFailure(record);
  });
}

/** Tells Vitest that the verdict is not as known; people read the record. */
class VerdictFailure extends Error {
  constructor({ id, verdict, reason, checks }: ScenarioRecord) {
    const failed = checks.filter(({ ok }) => !ok);
    const lines = failed.map(
      ({ step, subject, expected, observed }) =>
        `${step} ${subject}: expected ${expected}, observed ${observed}`,
    );
    super([`${id}: ${verdict.pair}${reason ? ` (${reason})` : ''}`, ...lines].join('\n'));
    this.name = 'VerdictFailure';
    this.stack = '';
  }
}
