import path from 'node:path';

import { hasColors } from '../../base/colors.ts';
import { UsageError } from '../../base/errors.ts';
import { openCluster, type Cluster } from '../../clusters/cluster.ts';
import { removeCluster } from '../../clusters/cluster-removal.ts';
import { readClusterState } from '../../clusters/cluster-state.ts';
import { findEngine } from '../../clusters/engine/engine.ts';
import { findImplementation } from '../../clusters/implementations/registry.ts';
import type { Topology } from '../../clusters/topology.ts';
import { startBackend } from '../../harness/run/backend.ts';
import type { Repeat } from '../../harness/run/handover.ts';
import { planScenarios, SCENARIOS_FOLDER } from '../../harness/run/plan.ts';
import { namespaceOf, run as runScenarios } from '../../harness/run/run.ts';
import { scenarioName } from '../../harness/scenario/name.ts';
import type { Scenario } from '../../harness/scenario/schema.ts';
import { writeReport } from '../../reports/html/report-file.ts';
import { implementationName, implementationTitle } from '../../reports/record/implementation-name.ts';
import type { RunRecord } from '../../reports/record/record.ts';
import { renderRun } from '../../reports/terminal/run.ts';
import { renderScenarioLine } from '../../reports/terminal/scenario-line.ts';
import { updateLatest, writeRunRecord } from '../../reports/record-file.ts';
import { writeUnreported } from '../../reports/unreported/unreported-files.ts';
import type { ClusterFlags } from '../cluster-options.ts';
import type { CommandContext } from '../context.ts';
import { makeCluster, presentEngine, type Prepared } from '../prepare.ts';
import type { ScenarioFlags } from '../scenario-options.ts';
import { harnessVersion } from '../version.ts';
import { DEFAULT_NAME } from './up.ts';

export interface RunFlags extends ClusterFlags, ScenarioFlags {
  shard?: string;
  keep: boolean;
}

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
    onRecord({ record: told, folder, unreported }) {
      const { columns } = process.stdout;
      context.print(renderRun(told, { colors: hasColors('stdout'), columns, folder }));
      for (const file of unreported) context.print(`to file upstream  ${path.join(folder, file)}`);
    },
  });
  context.signal.throwIfAborted();
  return record.exitCode;
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
}

/** One run on one cluster, written to its folder. An interrupted run is recorded as well, if it had begun. */
export async function recordRun(
  flags: RunFlags,
  context: CommandContext,
  { runId, onRecord }: RecordRunOptions,
): Promise<RunRecord> {
  await checkScenarios(flags, flags.topology);
  const runsFolder = path.resolve(flags.reports);
  const { cluster, engine, docker, made } = await clusterFor(flags, runId, context);
  try {
    await using _ = cluster;
    const record = await runScenarios({
      cluster,
      engine,
      runsFolder,
      runId,
      origin: context.origin,
      command: process.argv.slice(2),
      harnessVersion: await harnessVersion(),
      scenariosFolder: scenariosFolderOf(flags),
      select: selectionOf(flags),
      lanes: flags.lanes,
      capture: flags.capture ?? false,
      unclaimed: flags.unclaimed ?? false,
      nudges: flags.nudges ?? (flags.all ? 'all' : 'light'),
      testNamePattern: claimPattern(flags.testNamePattern),
      shard: flags.shard,
      retry: flags.retry,
      repeat: repeatOf(flags),
      bail: flags.bail,
      progress: context.progress,
      onScenario: (scenario) => context.print(renderScenarioLine(scenario, { colors: hasColors('stdout') })),
      signal: context.signal,
    });
    const folder = path.join(runsFolder, runId);
    await writeRunRecord(folder, record);
    await writeReport(folder, record);
    const unreported = await writeUnreported(folder, record);
    await updateLatest(runsFolder, runId);
    onRecord?.({ record, folder: path.relative('', folder), unreported });
    return record;
  } finally {
    const { name } = cluster.state;
    if (made && !flags.keep)
      await context.progress.step(`removing cluster ${name}`, () => removeCluster(docker, name));
    else if (made) context.progress.note(`kept cluster ${name}: dualvip down ${name} removes it`);
  }
}

/**
 * Tells a mistake in a scenario or in -t before minutes go into a cluster.
 * @throws UsageError `DUALVIP_FLAG_INVALID`, `DUALVIP_SCENARIO_INVALID`, `DUALVIP_SCENARIO_NONE`
 */
export async function checkScenarios(flags: ScenarioFlags, topology: Topology): Promise<void> {
  checkPattern(flags.testNamePattern);
  checkMatch(await planScenarios(scenariosFolderOf(flags), topology), flags.testNamePattern, topology);
}

function repeatOf({ repeat, untilFail }: ScenarioFlags): Repeat {
  return { times: repeat ?? untilFail ?? 1, untilRed: untilFail !== undefined };
}

/** The core of the catalogue, unless more is asked for. */
function selectionOf({ all, scenarios, testNamePattern }: ScenarioFlags): (scenario: Scenario) => boolean {
  const everything = all || scenarios !== undefined || testNamePattern !== undefined;
  return ({ core }) => everything || core;
}

function scenariosFolderOf({ scenarios }: ScenarioFlags): string {
  return path.resolve(scenarios ?? SCENARIOS_FOLDER);
}

/**
 * The cluster of `--name`, or of `dualvip up`, when it fits; else one for this run alone.
 * @throws UsageError `DUALVIP_CLUSTER_MISMATCH`
 */
async function clusterFor(
  flags: RunFlags,
  runId: string,
  context: CommandContext,
): Promise<Prepared & { cluster: Cluster; made: boolean }> {
  const name = flags.name ?? DEFAULT_NAME;
  const state = (await findEngine({ signal: context.signal })) && (await readClusterState(name));
  if (state?.phase === 'ready') {
    const { ref } = await findImplementation(flags.implementation);
    const differs = [
      state.topology === flags.topology ? '' : `its topology is ${state.topology}`,
      implementationName(state.implementation) === implementationName(ref)
        ? ''
        : `it has ${implementationTitle(state.implementation)}`,
    ].filter((text) => text !== '');
    if (differs.length === 0) {
      const prepared = await presentEngine(context.signal);
      const cluster = await openCluster(prepared.docker, name, context.signal);
      context.progress.note(`reused cluster ${name} (${state.topology}, ${implementationTitle(ref)})`);
      return { ...prepared, cluster, made: false };
    }
    if (flags.name) {
      throw new UsageError(
        'DUALVIP_CLUSTER_MISMATCH',
        `cluster ${name} is not what was asked for: ${differs.join(', ')}`,
        {
          hint: `Leave --name out for a cluster of its own, or remove this one: dualvip down ${name}.`,
        },
      );
    }
  }
  const made = await makeCluster(
    {
      ...flags,
      name: flags.name ?? `${DEFAULT_NAME}-${runId}`,
      alongside: (client, { backend }, signal) =>
        startBackend({ client, namespace: namespaceOf(runId), image: backend, runId, signal }),
    },
    context,
  );
  return { ...made, made: true };
}

function checkPattern(pattern: string | undefined): void {
  try {
    if (pattern !== undefined) RegExp(pattern);
  } catch (cause) {
    throw new UsageError('DUALVIP_FLAG_INVALID', `-t ${pattern}: not a regular expression`, {
      cause,
      hint: 'Write a part of an id, a claim or a title, such as -t c2-dual-pool.',
    });
  }
}

function checkMatch(scenarios: readonly Scenario[], pattern: string | undefined, topology: Topology): void {
  const wanted = new RegExp(claimPattern(pattern) ?? '');
  if (scenarios.some((scenario) => wanted.test(scenarioName(scenario)))) return;
  throw new UsageError(
    'DUALVIP_SCENARIO_NONE',
    `no scenario for topology ${topology} matches -t ${pattern}`,
    {
      hint: 'dualvip list scenarios shows ids, claims and titles, which -t is matched against.',
    },
  );
}

/** `-t C1` and `-t 'C1|C2'` mean those claims, not C11 and C19 as well. */
function claimPattern(pattern: string | undefined): string | undefined {
  return pattern !== undefined && /^C\d+(\|C\d+)*$/.test(pattern) ? `^(${pattern}) ` : pattern;
}

/** `20261123-015838-k3`: sorts by time; the letters keep two runs of one second, and YAML, from trouble. */
export function makeRunId(now: Date): string {
  const digits = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const letters = Array.from({ length: 3 }, () =>
    String.fromCharCode(97 + Math.floor(Math.random() * 26)),
  ).join('');
  return `${digits}-${letters}`;
}
