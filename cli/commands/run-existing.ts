import path from 'node:path';

import { ensureOutputFolder } from '../../base/output.ts';
import { runInExisting } from '../../harness/run/existing-run.ts';
import { loadScenarios } from '../../harness/scenario/load.ts';
import { updateLatest, writeRunRecord } from '../../reports/record-file.ts';
import type { RunRecord } from '../../reports/record/record.ts';
import type { CommandContext } from '../context.ts';
import { existingFor } from '../existing-choice.ts';
import type { ExistingFlags } from '../existing-options.ts';
import { historyFile } from '../history-place.ts';
import { writeRunOutputs } from '../run-outputs.ts';
import {
  askedRun,
  checkMatch,
  checkPattern,
  makeRunId,
  scenariosFolderOf,
  timesOf,
  type RunFlags,
} from '../asked-run.ts';
import { tellRun, tellCi } from './run.ts';

export interface RunExistingFlags extends RunFlags, ExistingFlags {
  kubeconfig: string;
  /** `implementation` where the user has named one, and not the default. */
  namedImplementation?: string | undefined;
}

/** The scenarios in a cluster that somebody else has made and uses. */
export async function runExisting(flags: RunExistingFlags, context: CommandContext): Promise<number> {
  checkPattern(flags.testNamePattern);
  checkMatch(await loadScenarios(scenariosFolderOf(flags)), flags.testNamePattern);
  const times = await timesOf(flags);
  const runsFolder = path.resolve(flags.reports);
  await ensureOutputFolder(runsFolder);
  const { cluster, engine } = await existingFor(flags, flags.namedImplementation, context);
  await using _ = cluster;
  const runId = makeRunId(new Date());
  const asked = await askedRun(flags, { runId, times, context });
  const record: RunRecord = await runInExisting({
    ...asked,
    cluster,
    engine,
    // It is somebody's controller.
    nudges: flags.nudges ?? 'light',
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
