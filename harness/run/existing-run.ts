import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import { exclusively } from '../../base/exclusive.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import type { ExistingCluster } from '../../clusters/existing/existing-cluster.ts';
import { checkRights } from '../../clusters/existing/rights.ts';
import { RunJournal } from '../../clusters/existing/run-journal.ts';
import { checkFree } from '../../clusters/existing/taken-addresses.ts';
import { implementationName } from '../../reports/record/implementation-name.ts';
import type { RunRecord } from '../../reports/record/record.ts';
import { loadDeviations } from '../deviation/deviation.ts';
import { loadScenarios } from '../scenario/load.ts';
import type { Scenario } from '../scenario/schema.ts';
import { startBackend } from './backend.ts';
import { ONCE, type Handover } from './handover.ts';
import { removeObjects } from './left-over.ts';
import { SCENARIOS_FOLDER } from './plan.ts';
import { assemble, readRecords } from './run-record.ts';
import { engineVariables, namespaceOf, type RunOptions } from './run.ts';
import { forgetScenarioRecords, readScenarioRecord } from './scenario-record.ts';
import { nothingMatched, partOf } from './selection.ts';
import { runVitest } from './vitest-run.ts';

export interface ExistingRunOptions extends RunOptions {
  cluster: ExistingCluster;
}

/**
 * Runs scenarios in a cluster that is somebody's own, one after another, and gives the record. Only what carries the
 * run's label was made, and only that is removed, whatever becomes of the run.
 * @throws UsageError `DUALVIP_RANGE_TAKEN`, HarnessError `DUALVIP_RIGHTS_MISSING`, before anything is made
 */
export async function runInExisting(options: ExistingRunOptions): Promise<RunRecord> {
  const { cluster, progress } = options;
  const journal = new RunJournal(cluster.server);
  return exclusively(
    {
      folder: journal.folder,
      onWait: () => progress.note(`another run uses cluster ${cluster.state.name}: waiting for it`),
      signal: options.signal,
    },
    (signal) => runAlone({ ...options, signal }, journal),
  );
}

async function runAlone(options: ExistingRunOptions, journal: RunJournal): Promise<RunRecord> {
  const { cluster, engine, runsFolder, runId, progress, signal } = options;
  const { client, implementation, existing, state } = cluster;
  Object.assign(process.env, engineVariables(engine));
  const scenariosFolder = options.scenariosFolder ?? SCENARIOS_FOLDER;
  const scenarios = selected(await loadScenarios(scenariosFolder), options);
  await loadDeviations(implementation.ref.name, scenarios);
  await checkRights(client, implementation, signal);
  await removeLeft(options, journal);
  const facts = await implementation.facts(client, signal);
  await checkFree({ client, nodes: cluster.nodes, facts, ranges: existing.ranges, signal });
  const folder = path.join(runsFolder, runId);
  await mkdir(folder, { recursive: true });
  const namespace = namespaceOf(runId);
  await using made = new AsyncDisposableStack();
  made.defer(forgetScenarioRecords);
  await journal.begin(runId);
  made.defer(async () => {
    try {
      await removeObjects(client, implementation, { runs: [runId] });
      await journal.ended([runId]);
    } catch (error) {
      // The record is to be had all the same.
      progress.note(
        `what run ${runId} has made is still there, and goes with the next run: ${messageOf(error)}`,
      );
    }
  });
  await progress.step('backend', () =>
    startBackend({ client, namespace, image: state.images.backend, runId, signal }),
  );
  const handover: Handover = {
    runId,
    origin: options.origin,
    folder,
    scenariosFolder,
    scenarios: scenarios.map(({ id }) => id),
    namespace,
    cluster: state.name,
    implementation: implementationName(implementation.ref),
    // The controller is not ours to restart.
    nudges: options.nudges === 'none' ? 'none' : 'light',
    capture: options.capture ?? false,
    unclaimed: options.unclaimed ?? false,
    repeat: options.repeat ?? ONCE,
    placed: {},
    probe: existing.probe && { id: existing.probe.id, name: existing.probe.name },
    existing,
    routerImage: undefined,
    environment: engineVariables(engine),
  };
  const errors = await runVitest({
    ...options,
    shard: undefined,
    hold: undefined,
    lanes: 1,
    // None of them is in a lane of its own.
    scenarios: scenarios.map((scenario) => ({ ...scenario, shared: false })),
    handover,
    async onScenario(id) {
      const record = await readScenarioRecord(folder, id);
      if (record) options.onScenario(record);
    },
  });
  const records = await readRecords(folder, scenarios);
  if (errors.length > 0) {
    throw new HarnessError(
      'DUALVIP_RUN_FAILED',
      `the run failed outside of any scenario: ${errors.join('\n')}`,
    );
  }
  if (records.length === 0 && !signal.aborted) throw nothingMatched(options);
  return assemble({ ...options, nudges: handover.nudges }, records, scenarios.length);
}

function selected(all: readonly Scenario[], options: ExistingRunOptions): Scenario[] {
  const chosen = all.filter(options.select ?? (() => true));
  const { shard } = options;
  return shard === undefined ? chosen : partOf(chosen, { ...options, shard, lanes: 1 });
}

/** What runs of this machine have left that were killed. */
async function removeLeft(
  { cluster, progress, signal }: ExistingRunOptions,
  journal: RunJournal,
): Promise<void> {
  const runs = await journal.begun();
  if (runs.length === 0) return;
  await progress.step(`removing what ${runs.join(', ')} left`, () =>
    removeObjects(cluster.client, cluster.implementation, { runs, signal }),
  );
  await journal.ended(runs);
}
