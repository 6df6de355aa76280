import path from 'node:path';

import { hasColors } from '../base/colors.ts';
import { UsageError } from '../base/errors.ts';
import type { Topology } from '../clusters/topology.ts';
import type { Repeat } from '../harness/run/handover.ts';
import { planScenarios, SCENARIOS_FOLDER } from '../harness/run/plan.ts';
import type { RunOptions } from '../harness/run/run.ts';
import { scenarioName } from '../harness/scenario/name.ts';
import type { Scenario } from '../harness/scenario/schema.ts';
import { renderScenarioLine } from '../reports/terminal/scenario-line.ts';
import { readRun } from './case-reference.ts';
import type { ClusterFlags } from './cluster-options.ts';
import type { CommandContext } from './context.ts';
import type { Keep, ScenarioFlags } from './scenario-options.ts';
import { harnessVersion } from './version.ts';

export interface RunFlags extends ClusterFlags, ScenarioFlags {
  shard?: string;
  /** Runs, by whose times a shard is cut. */
  times?: string[];
  keep?: Keep;
}

/** What the flags ask of a run, on whichever cluster it is. */
export async function askedRun(
  flags: RunFlags,
  { runId, times, context }: { runId: string; times: Map<string, number>; context: CommandContext },
): Promise<Omit<RunOptions, 'cluster' | 'engine'>> {
  return {
    runsFolder: path.resolve(flags.reports),
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
    times,
    retry: flags.retry,
    repeat: repeatOf(flags),
    bail: flags.bail,
    progress: context.progress,
    onScenario: (scenario) => context.print(renderScenarioLine(scenario, { colors: hasColors('stdout') })),
    signal: context.signal,
  };
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

/** How long each scenario took in the runs of `--times`; of several, the longest. */
export async function timesOf({ times = [], reports }: RunFlags): Promise<Map<string, number>> {
  const records = await Promise.all(times.map((given) => readRun(given, reports)));
  const longest = new Map<string, number>();
  for (const { id, timing } of records.flatMap(({ scenarios }) => scenarios)) {
    longest.set(id, Math.max(longest.get(id) ?? 0, timing.wallMs));
  }
  return longest;
}

/** The core of the catalogue, unless more is asked for. */
function selectionOf({ all, scenarios, testNamePattern }: ScenarioFlags): (scenario: Scenario) => boolean {
  const everything = all || scenarios !== undefined || testNamePattern !== undefined;
  return ({ core }) => everything || core;
}

export function scenariosFolderOf({ scenarios }: ScenarioFlags): string {
  return path.resolve(scenarios ?? SCENARIOS_FOLDER);
}

export function checkPattern(pattern: string | undefined): void {
  try {
    if (pattern !== undefined) RegExp(pattern);
  } catch (cause) {
    throw new UsageError('DUALVIP_FLAG_INVALID', `-t ${pattern}: not a regular expression`, {
      cause,
      hint: 'Write a part of an id, a claim or a title, such as -t c2-dual-pool.',
    });
  }
}

export function checkMatch(
  scenarios: readonly Scenario[],
  pattern: string | undefined,
  topology?: Topology,
): void {
  const wanted = new RegExp(claimPattern(pattern) ?? '');
  if (scenarios.some((scenario) => wanted.test(scenarioName(scenario)))) return;
  throw new UsageError(
    'DUALVIP_SCENARIO_NONE',
    `no scenario${topology === undefined ? '' : ` for topology ${topology}`} matches -t ${pattern}`,
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
