import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { inject, test, type TestContext } from 'vitest';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

import type { ScenarioRecord } from '../../reports/record/record.ts';
import { deviationOf } from '../deviation/deviation.ts';
import { loadScenario } from '../scenario/load.ts';
import { scenarioName } from '../scenario/name.ts';
import type { Scenario } from '../scenario/schema.ts';
import { isGreen, runScenario } from './scenario-run.ts';
import { scenarioRecordFile } from './scenario-record.ts';
import type { Session } from './session.ts';
import { VerdictFailure } from './verdict-failure.ts';
import { workerOf, type Worker } from './worker.ts';

/**
 * Makes the one test of a scenario's file. Its name has the claim in it, so that `-t C2` finds it. The record
 * is on disk before the test ends, whatever happens to the run later.
 */
export async function scenarioTest(folder: string): Promise<void> {
  const scenario = await loadScenario(folder);
  test(scenarioName(scenario), (context) => runTest(scenario, context, ({ session }, work) => work(session)));
}

const lanesSchema = z.array(z.string());

/** Makes a test of each scenario of a list, which run at the same time, each in a lane. */
export async function lanesTest(file: string): Promise<void> {
  const folders = lanesSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const scenarios = await Promise.all(folders.map(loadScenario));
  for (const scenario of scenarios) {
    test.concurrent(scenarioName(scenario), (context) =>
      runTest(scenario, context, ({ lanes }, work) => lanes.use(work)),
    );
  }
}

type InSession = (
  worker: Worker,
  work: (session: Session) => Promise<ScenarioRecord>,
) => Promise<ScenarioRecord>;

async function runTest(
  scenario: Scenario,
  { signal, task, skip }: TestContext,
  inSession: InSession,
): Promise<void> {
  const handover = inject('dualvip');
  const worker = await workerOf(handover);
  const record = await Promise.race([
    inSession(worker, (session) =>
      runScenario({
        session,
        scenario,
        deviation: deviationOf(worker.deviations, scenario.id, session.implementation.ref),
        nudges: handover.nudges,
        capture: handover.capture,
        unclaimed: handover.unclaimed,
        attempt: (task.result?.retryCount ?? 0) + 1,
        signal,
      }),
    ),
    worker.watching.then(() => Promise.reject(new Error('the watches of the run have ended'))),
  ]);
  const file = scenarioRecordFile(handover.folder, scenario.id);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify(record)}\n`);
  if (record.verdict.pair === 'unsupported') skip(record.reason);
  if (!isGreen(record.verdict.pair)) throw new VerdictFailure(record);
}
