import path from 'node:path';

import { hasColors } from '../../base/colors.ts';
import { UsageError } from '../../base/errors.ts';
import { openCluster, type Cluster } from '../../clusters/cluster.ts';
import { removeCluster } from '../../clusters/cluster-removal.ts';
import { readClusterState } from '../../clusters/cluster-state.ts';
import { findEngine } from '../../clusters/engine/engine.ts';
import { findImplementation } from '../../clusters/implementations/registry.ts';
import { startBackend } from '../../harness/run/backend.ts';
import { planScenarios, SCENARIOS_FOLDER } from '../../harness/run/plan.ts';
import { namespaceOf, run as runScenarios } from '../../harness/run/run.ts';
import { scenarioName } from '../../harness/scenario/name.ts';
import type { Scenario } from '../../harness/scenario/schema.ts';
import { renderRun } from '../../reports/terminal/run.ts';
import { renderScenarioLine } from '../../reports/terminal/scenario-line.ts';
import { updateLatest, writeRunRecord } from '../../reports/record-file.ts';
import type { ClusterFlags } from '../cluster-options.ts';
import type { CommandContext } from '../context.ts';
import { makeCluster, presentEngine, type Prepared } from '../prepare.ts';
import { harnessVersion } from '../version.ts';
import { DEFAULT_NAME } from './up.ts';

export interface RunFlags extends ClusterFlags {
  testNamePattern?: string;
  shard?: string;
  retry?: number;
  bail?: number;
  keep: boolean;
  scenarios?: string;
  reports: string;
}

/** The main job: a cluster, the scenarios, verdicts, reports. */
export async function run(flags: RunFlags, context: CommandContext): Promise<number> {
  checkPattern(flags.testNamePattern);
  const scenariosFolder = path.resolve(flags.scenarios ?? SCENARIOS_FOLDER);
  // A mistake in a scenario or in -t is told before minutes go into a cluster.
  checkMatch(await planScenarios(scenariosFolder, flags.topology), flags.testNamePattern);
  const startedAt = new Date();
  const runId = makeRunId(startedAt);
  const runsFolder = path.resolve(flags.reports);
  const { cluster, engine, docker, made } = await clusterFor(flags, runId, context);
  try {
    await using _ = cluster;
    const record = await runScenarios({
      cluster,
      engine,
      runsFolder,
      runId,
      startedAt,
      origin: context.origin,
      command: process.argv.slice(2),
      harnessVersion: await harnessVersion(),
      scenariosFolder,
      testNamePattern: claimPattern(flags.testNamePattern),
      shard: flags.shard,
      retry: flags.retry,
      bail: flags.bail,
      progress: context.progress,
      onScenario: (scenario) => context.print(renderScenarioLine(scenario, { colors: hasColors('stdout') })),
      signal: context.signal,
    });
    await writeRunRecord(path.join(runsFolder, runId), record);
    await updateLatest(runsFolder, runId);
    const folder = path.relative('', path.join(runsFolder, runId));
    context.print(
      renderRun(record, { colors: hasColors('stdout'), columns: process.stdout.columns, folder }),
    );
    context.signal.throwIfAborted();
    return record.exitCode;
  } finally {
    const { name } = cluster.state;
    if (made && !flags.keep)
      await context.progress.step(`removing cluster ${name}`, () => removeCluster(docker, name));
    else if (made) context.progress.note(`kept cluster ${name}: dualvip down ${name} removes it`);
  }
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
      state.implementation.name === ref.name && state.implementation.version === ref.version
        ? ''
        : `it has ${state.implementation.name} ${state.implementation.version}`,
    ].filter((text) => text !== '');
    if (differs.length === 0) {
      const prepared = await presentEngine(context.signal);
      const cluster = await openCluster(prepared.docker, name, context.signal);
      context.progress.note(`reused cluster ${name} (${state.topology}, ${ref.name} ${ref.version})`);
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

function checkMatch(scenarios: readonly Scenario[], pattern: string | undefined): void {
  const wanted = new RegExp(claimPattern(pattern) ?? '');
  if (scenarios.some((scenario) => wanted.test(scenarioName(scenario)))) return;
  throw new UsageError('DUALVIP_SCENARIO_NONE', `no scenario matches -t ${pattern}`, {
    hint: 'dualvip list scenarios shows ids, claims and titles, which -t is matched against.',
  });
}

/** `-t C1` means that claim, not C11 and C19 as well. */
function claimPattern(pattern: string | undefined): string | undefined {
  return pattern !== undefined && /^C\d+$/.test(pattern) ? `^${pattern} ` : pattern;
}

/** `20261123-015838-k3`: sorts by time; the letters keep two runs of one second, and YAML, from trouble. */
function makeRunId(now: Date): string {
  const digits = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const letters = Array.from({ length: 3 }, () =>
    String.fromCharCode(97 + Math.floor(Math.random() * 26)),
  ).join('');
  return `${digits}-${letters}`;
}
