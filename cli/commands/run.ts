import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';

import { diskFullError, isDiskFull } from '../../base/disk-full.ts';
import { hasColors } from '../../base/colors.ts';
import type { Family } from '../../base/addresses.ts';
import { EXIT, UsageError } from '../../base/errors.ts';
import { ensureOutputFolder } from '../../base/output.ts';
import type { Cluster } from '../../clusters/cluster.ts';
import { removeCluster } from '../../clusters/cluster-removal.ts';
import { kindConfigPath, manifestsPath, writeClusterState } from '../../clusters/cluster-state.ts';
import type { ClusterNetwork } from '../../clusters/network.ts';
import type { Hold } from '../../harness/run/hold.ts';
import type { Nudges } from '../../harness/run/nudges.ts';
import { run as runScenarios } from '../../harness/run/run.ts';
import type { Scenario } from '../../harness/scenario/schema.ts';
import type { RunRecord } from '../../reports/record/record.ts';
import { renderRun } from '../../reports/terminal/run.ts';
import { CLUSTER_FILES, updateLatest, writeRunRecord, writeUnfinished } from '../../reports/record-file.ts';
import { inert, tellGithub } from '../../reports/ci/github.ts';
import { orTold } from '../../reports/run-reports.ts';
import { historyFile } from '../history-place.ts';
import {
  askedRun,
  checkScenarios,
  makeRunId,
  scenariosFolderOf,
  timesOf,
  type RunFlags,
} from '../asked-run.ts';
import type { CommandContext } from '../context.ts';
import { clusterFor, type ChosenCluster } from '../cluster-choice.ts';
import type { Keep } from '../scenario-options.ts';
import { writeRunOutputs } from '../run-outputs.ts';

/** The main job: a cluster, the scenarios, verdicts, reports. */
export async function run(flags: RunFlags, context: CommandContext): Promise<number> {
  if (flags.implementation.includes(',')) {
    throw new UsageError(
      'DUALVIP_IMPLEMENTATION_SEVERAL',
      `--implementation ${flags.implementation}: a run has one implementation`,
      { hint: `Several, side by side: dualvip matrix --implementation ${flags.implementation}.` },
    );
  }
  const record = await recordRun(flags, context, {
    runId: makeRunId(new Date()),
    onRecord: (recorded) => tellRun(recorded, context),
  });
  context.signal.throwIfAborted();
  return record.exitCode;
}

export function tellRun({ record, folder, unreported }: Recorded, { print }: CommandContext): void {
  const { columns } = process.stdout;
  print(inert(renderRun(record, { colors: hasColors('stdout'), columns, folder }), process.env));
  for (const file of unreported) print(`to file upstream  ${path.join(folder, file)}`);
}

export interface Recorded {
  record: RunRecord;
  /** The run's folder, relative to the working directory. */
  folder: string;
  /** Texts that are ready to file upstream, relative to the run's folder. */
  unreported: readonly string[];
}

export interface RecordRunOptions {
  runId: string;
  /** Called when all is written, before the cluster is removed. */
  onRecord?: (recorded: Recorded) => void;
  /** Left out: the scenarios that the flags select, and nothing stays of them. */
  reproduction?: Reproduction;
}

/** One case that is run as it was recorded, and left standing. */
export interface Reproduction {
  scenario: string;
  scenariosFolder: string;
  nudges: Nudges;
  hold: Hold;
  /** Subnets that a new cluster should have. */
  subnets: { [family in Family]?: string | undefined };
  /** Where its ranges go on the cluster's link. */
  place: (network: ClusterNetwork) => Record<string, string>;
  /** How the cluster says what it stands at. */
  holds: string;
}

/** One run on one cluster, written to its folder. An interrupted run is recorded as well, if it had begun. */
export async function recordRun(
  flags: RunFlags,
  context: CommandContext,
  options: RecordRunOptions,
): Promise<RunRecord> {
  const { runId, reproduction } = options;
  if (!reproduction) await checkScenarios(flags, flags.topology);
  // Before minutes go into a cluster: it may name what there is not.
  const times = await timesOf(flags);
  const runsFolder = path.resolve(flags.reports);
  await ensureOutputFolder(runsFolder);
  const { holds, subnets } = reproduction ?? {};
  const chosen = await clusterFor(flags, { runId, holds, subnets }, context);
  const { cluster } = chosen;
  let record: RunRecord | undefined;
  try {
    await using _ = cluster;
    // What a case stood at is gone as soon as another run begins.
    if (cluster.state.kept?.holds !== undefined) await keepCluster(cluster, { by: runId });
    record = await recordOn(chosen, flags, { context, times, ...options });
    return record;
  } catch (error) {
    throw isDiskFull(error) ? diskFullError(runsFolder, error) : error;
  } finally {
    const isHeld = reproduction !== undefined && record !== undefined && !context.signal.aborted;
    if (isHeld) await keepCluster(cluster, { by: runId, holds: reproduction.holds });
    else if (chosen.made) {
      await leaveCluster(chosen, flags.keep, { by: runId, exitCode: record?.exitCode, context });
    }
  }
}

interface RecordOnOptions extends RecordRunOptions {
  context: CommandContext;
  /** How long scenarios took in earlier runs, by id. */
  times: Map<string, number>;
}

/** The same on a cluster that is there, whatever becomes of it. */
export async function recordOn(
  { cluster, engine }: Pick<ChosenCluster, 'cluster' | 'engine'>,
  flags: RunFlags,
  { runId, onRecord, reproduction, context, times }: RecordOnOptions,
): Promise<RunRecord> {
  const runsFolder = path.resolve(flags.reports);
  const record = await runScenarios({
    cluster,
    engine,
    ...(await askedRun(flags, { runId, times, context })),
    ...(reproduction
      ? {
          nudges: reproduction.nudges,
          scenariosFolder: reproduction.scenariosFolder,
          select: ({ id }: Scenario) => id === reproduction.scenario,
          hold: reproduction.hold,
          placed: { [reproduction.scenario]: reproduction.place(cluster.network) },
        }
      : {}),
    onBegin: (begun) => writeUnfinished(path.join(runsFolder, runId), begun),
  });
  const folder = path.join(runsFolder, runId);
  await writeRunRecord(folder, record);
  await copyClusterFiles(cluster.state.name, folder);
  await updateLatest(runsFolder, runId);
  // A case that is reproduced is no run of its own in the history: it is there already.
  const history = reproduction ? undefined : historyFile(flags.reports);
  const onFailure = (text: string) => context.progress.note(text);
  const unreported = await writeRunOutputs(record, { folder, history, onFailure });
  onRecord?.({ record, folder: path.relative('', folder), unreported });
  await tellCi(record, flags, context);
  return record;
}

/** Removes a cluster that was made for a run, or keeps it as it was asked for. */
export async function leaveCluster(
  { cluster, docker }: Pick<ChosenCluster, 'cluster' | 'docker'>,
  keep: Keep | undefined,
  { by, exitCode, context }: { by: string; exitCode: number | undefined; context: CommandContext },
): Promise<void> {
  const { name } = cluster.state;
  const { progress, signal } = context;
  if (!isToKeep(keep, { exitCode, signal })) {
    await progress.step(`removing cluster ${name}`, () => removeCluster(docker, name));
    return;
  }
  await keepCluster(cluster, { by });
  progress.note(`kept cluster ${name}: the next run that it fits takes it, dualvip down ${name} removes it`);
}

/** An interrupted run is no failure: whoever interrupts it wants it gone. */
function isToKeep(
  keep: Keep | undefined,
  { exitCode, signal }: { exitCode: number | undefined; signal: AbortSignal },
): boolean {
  if (keep !== 'on-failure') return keep === 'always';
  return !signal.aborted && exitCode !== EXIT.ok;
}

async function keepCluster({ state }: Cluster, { by, holds }: { by: string; holds?: string }): Promise<void> {
  const kept = { by, at: new Date().toISOString(), ...(holds === undefined ? {} : { holds }) };
  await writeClusterState({ ...state, kept });
}

/** What the cluster was made of, beside the record: it is to be had when the cluster is gone. */
async function copyClusterFiles(name: string, folder: string): Promise<void> {
  const target = path.join(folder, CLUSTER_FILES);
  await mkdir(target, { recursive: true });
  for (const file of [kindConfigPath(name), manifestsPath(name)]) {
    // A cluster that an earlier version made has no copy of the manifests.
    if (existsSync(file)) await copyFile(file, path.join(target, path.basename(file)));
  }
}

/** Where a CI system listens: GitHub Actions. */
export async function tellCi(
  record: RunRecord,
  flags: RunFlags,
  { progress, print }: CommandContext,
): Promise<void> {
  const scenariosFolder = scenariosFolderOf(flags);
  const tell = () => tellGithub(record, { environment: process.env, print, scenariosFolder });
  await orTold("GitHub's summary", (text) => progress.note(text), tell);
}
