import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { inject, test, type TestContext } from 'vitest';
import { z } from 'zod';

import { isDiskFull } from '../../base/disk-full.ts';
import { messageOf } from '../../base/errors.ts';
import { lineProgress } from '../../base/progress.ts';
import { Attempts } from '../../reports/record/attempts.ts';
import type { ScenarioRecord } from '../../reports/record/record.ts';
import { deviationOf } from '../deviation/deviation.ts';
import { loadScenario } from '../scenario/load.ts';
import { scenarioName } from '../scenario/name.ts';
import type { Scenario } from '../scenario/schema.ts';
import { keepScenario } from './catalogue.ts';
import { askedHold } from './hold.ts';
import { isGreen, runScenario } from './scenario-run.ts';
import { errorRecord } from './error-record.ts';
import { Reserve } from './reserve.ts';
import { scenarioRecordFile, writeScenarioRecord } from './scenario-record.ts';
import type { Session } from './session.ts';
import { VerdictFailure } from './verdict-failure.ts';
import { workerOf, type Worker } from './worker.ts';

/**
 * Makes the one test of a scenario's file. Its name has the claim in it, so that `-t C2` finds it. The record
 * is on disk before the test ends, whatever happens to the run later.
 */
export async function scenarioTest(folder: string): Promise<void> {
  const scenario = await loadScenario(folder);
  const attempts = new Attempts();
  test(scenarioName(scenario), (context) =>
    runTest({ scenario, attempts, context, inSession: ({ session }, work) => work(session) }),
  );
}

const progress = lineProgress();

const lanesSchema = z.array(z.string());

/** Makes a test of each scenario of a list, which run at the same time, each in a lane. */
export async function lanesTest(file: string): Promise<void> {
  const folders = lanesSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const scenarios = await Promise.all(folders.map(loadScenario));
  for (const scenario of scenarios) {
    const attempts = new Attempts();
    test.concurrent(scenarioName(scenario), (context) =>
      runTest({ scenario, attempts, context, inSession: ({ lanes }, work) => lanes.use(work) }),
    );
  }
}

type InSession = (
  worker: Worker,
  work: (session: Session) => Promise<ScenarioRecord>,
) => Promise<ScenarioRecord>;

interface ScenarioTest {
  scenario: Scenario;
  /** Outlives a test that Vitest tries again. */
  attempts: Attempts;
  context: TestContext;
  inSession: InSession;
}

/** As many attempts as asked for, each followed by a record of all so far. */
async function runTest({ scenario: loaded, attempts, context, inSession }: ScenarioTest): Promise<void> {
  const handover = inject('dualvip');
  const worker = await workerOf(handover);
  // In somebody's cluster all run one after another.
  const scenario = worker.session.isolated ? { ...loaded, shared: false } : loaded;
  const { times, untilRed } = handover.repeat;
  const file = scenarioRecordFile(handover.folder, scenario.id);
  await mkdir(path.dirname(file), { recursive: true });
  await keepScenario(handover.folder, scenario).catch(async (error: unknown) => {
    if (isDiskFull(error)) {
      const told = { reason: messageOf(error), attempt: 1, startedAt: worker.session.log.now() };
      await writeRecord(handover.folder, errorRecord(scenario, told));
    }
    throw error;
  });
  for (let round = 1; ; round += 1) {
    const attempt = attempts.count + 1;
    const record = await Promise.race([
      inSession(worker, (session) =>
        runScenario({
          session,
          scenario,
          deviation: deviationOf(worker.deviations, scenario.id, session.implementation.ref),
          nudges: handover.nudges,
          capture: handover.capture,
          unclaimed: handover.unclaimed,
          attempt,
          hold: askedHold(),
          signal: context.signal,
        }),
      ),
      watchesEnded(worker).then((reason) =>
        errorRecord(scenario, { reason, attempt, startedAt: worker.session.log.now() }),
      ),
    ]);
    // An interrupted scenario has no verdict, and its watches may have ended before it.
    context.signal.throwIfAborted();
    const superseded = attempts.add(record);
    await writeRecord(handover.folder, attempts.record());
    if (isDiskFull(record.reason)) throw new Error(record.reason);
    if (superseded) await removeEvidence(handover.folder, superseded);
    if (record.verdict.pair === 'unsupported') context.skip(record.reason);
    const isOver = round === times || (untilRed && !isGreen(record.verdict.pair));
    if (times > 1) {
      const of = untilRed ? `at most ${times}` : `${times}`;
      progress.note(`${scenario.id}: attempt ${attempt} of ${of}: ${record.verdict.pair}`);
    }
    if (isOver) {
      // Of a retry the last attempt counts, as else one that was red once would be tried again for ever.
      const { verdict } = times > 1 ? attempts.record() : record;
      if (!isGreen(verdict.pair)) throw new VerdictFailure(attempts.record());
      return;
    }
  }
}

/** Where there is no room for it, what the run keeps for that has room for the word that there was none. */
async function writeRecord(run: string, record: ScenarioRecord): Promise<void> {
  try {
    await writeScenarioRecord(run, record);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    await new Reserve(run).give();
    const file = scenarioRecordFile(run, record.id);
    await rm(path.dirname(file), { recursive: true, force: true });
    await mkdir(path.dirname(file), { recursive: true });
    const verdict = { pair: 'error', IPv4: 'error', IPv6: 'error' } as const;
    const bare = { ...record, verdict, reason: messageOf(error), checks: [], observations: [], evidence: [] };
    await writeScenarioRecord(run, bare);
    throw error;
  }
}

/**
 * Resolves with the reason when the API server is not to be had any more: no verdict can be trusted from then on,
 * and the scenario may wait for ever for what it would see.
 */
async function watchesEnded({ watching }: Worker): Promise<string> {
  const why = await watching.then(() => 'they were ended', messageOf);
  return `nothing is seen of the cluster any more: ${why}`;
}

/** Files only: the record stands among them. */
async function removeEvidence(run: string, { evidence }: ScenarioRecord): Promise<void> {
  await Promise.all(evidence.map((file) => rm(path.join(run, file), { force: true })));
}
