import path from 'node:path';

import { hasColors } from '../../base/colors.ts';
import { ensureOutputFolder } from '../../base/output.ts';
import { runInExisting } from '../../harness/run/existing-run.ts';
import { loadScenarios } from '../../harness/scenario/load.ts';
import { updateLatest, writeRunRecord } from '../../reports/record-file.ts';
import type { RunRecord } from '../../reports/record/record.ts';
import { renderScenarioLine } from '../../reports/terminal/scenario-line.ts';
import type { CommandContext } from '../context.ts';
import { existingFor } from '../existing-choice.ts';
import type { ExistingFlags } from '../existing-options.ts';
import { historyFile } from '../history-place.ts';
import { writeRunOutputs } from '../run-outputs.ts';
import { harnessVersion } from '../version.ts';
import {
  checkMatch,
  checkPattern,
  claimPattern,
  makeRunId,
  tellRun,
  repeatOf,
  scenariosFolderOf,
  selectionOf,
  tellCi,
  timesOf,
  type RunFlags,
} from './run.ts';

export interface RunExistingFlags extends RunFlags, ExistingFlags {
  kubeconfig: string;
  /** `implementation` where the user has named one, and not the default. */
  namedImplementation?: string | undefined;
}

/** The scenarios in a cluster that somebody else has made and uses. */
export async function runExisting(flags: RunExistingFlags, context: CommandContext): Promise<number> {
  checkPattern(flags.testNamePattern);
  checkMatch(await loadScenarios(scenariosFolderOf(flags)), flags.testNamePattern);
  const runsFolder = path.resolve(flags.reports);
  await ensureOutputFolder(runsFolder);
  const { cluster, engine } = await existingFor(flags, flags.namedImplementation, context);
  await using _ = cluster;
  const runId = makeRunId(new Date());
  const record: RunRecord = await runInExisting({
    cluster,
    engine,
    runsFolder,
    runId,
    origin: context.origin,
    command: process.argv.slice(2),
    harnessVersion: await harnessVersion(),
    scenariosFolder: scenariosFolderOf(flags),
    select: selectionOf(flags),
    capture: flags.capture ?? false,
    unclaimed: flags.unclaimed ?? false,
    nudges: flags.nudges ?? 'light',
    testNamePattern: claimPattern(flags.testNamePattern),
    shard: flags.shard,
    times: await timesOf(flags),
    retry: flags.retry,
    repeat: repeatOf(flags),
    bail: flags.bail,
    progress: context.progress,
    onScenario: (scenario) => context.print(renderScenarioLine(scenario, { colors: hasColors('stdout') })),
    signal: context.signal,
  });
  const folder = path.join(runsFolder, runId);
  await writeRunRecord(folder, record);
  await updateLatest(runsFolder, runId);
  const unreported = await writeRunOutputs(record, {
    folder,
    history: historyFile(flags.reports),
    onFailure: (text) => context.progress.note(text),
  });
  tellRun({ record, folder: path.relative('', folder), unreported }, context);
  await tellCi(record, flags, context);
  context.signal.throwIfAborted();
  return record.exitCode;
}
