import { existsSync } from 'node:fs';
import path from 'node:path';

import { hasColors } from '../../base/colors.ts';
import { run as runCommand } from '../../base/command.ts';
import { EXIT, HarnessError } from '../../base/errors.ts';
import type { Progress } from '../../base/progress.ts';
import { kubeconfigPath } from '../../clusters/cluster-state.ts';
import { findImplementation } from '../../clusters/implementations/registry.ts';
import { catalogueFolder } from '../../harness/run/catalogue.ts';
import type { Hold } from '../../harness/run/hold.ts';
import { NUDGES, type Nudges } from '../../harness/run/nudges.ts';
import { SCENARIOS_FOLDER } from '../../harness/run/plan.ts';
import { sameRanges } from '../../harness/scenario/same-ranges.ts';
import { compare, type Comparison } from '../../reports/comparison/comparison.ts';
import { implementationName } from '../../reports/record/implementation-name.ts';
import type { RunRecord, ScenarioRecord } from '../../reports/record/record.ts';
import { renderRun } from '../../reports/terminal/run.ts';
import { readCase, type RecordedCase } from '../case-reference.ts';
import type { ClusterFlags } from '../cluster-options.ts';
import type { CommandContext } from '../context.ts';
import { nextCommands } from '../next-commands.ts';
import { Stepping } from '../stepping.ts';
import { makeRunId, type RunFlags } from '../asked-run.ts';
import { recordRun } from './run.ts';

export interface ReproduceFlags extends Omit<ClusterFlags, 'topology' | 'implementation' | 'workers'> {
  step: boolean;
  /** Default: as many as in the record. */
  workers?: number;
  reports: string;
}

/** Runs a recorded case again under the same conditions, and leaves it standing. */
export async function reproduce(
  reference: string,
  flags: ReproduceFlags,
  context: CommandContext,
): Promise<number> {
  await using recorded = await readCase(reference, flags.reports);
  const { run: then, scenario } = recorded;
  const { progress, print } = context;
  const scenariosFolder = await scenariosOf(recorded, progress);
  restoreTimeouts(then);
  using stepping = flags.step
    ? new Stepping({ input: process.stdin, tell: (text) => process.stderr.write(`${text}\n`) })
    : undefined;
  const hold: Hold = stepping ? { before: (position) => stepping.before(position) } : {};
  const moved: string[] = [];
  const now = await recordRun(runFlags(flags, then), context, {
    runId: makeRunId(new Date()),
    reproduction: {
      scenario: scenario.id,
      scenariosFolder,
      nudges: nudgesOf(then),
      hold,
      subnets: then.cluster.subnets,
      place(network) {
        const { placed, differences } = sameRanges({
          ...{ ranges: scenario.ranges, subnets: then.cluster.subnets, network },
        });
        moved.push(...differences);
        return placed;
      },
      holds: `${then.id}#${scenario.id}`,
    },
    onRecord({ record, folder }) {
      const { columns } = process.stdout;
      print(renderRun(record, { colors: hasColors('stdout'), columns, folder }));
    },
  });
  context.signal.throwIfAborted();
  const [again] = now.scenarios;
  if (!again) throw new HarnessError('DUALVIP_RUN_FAILED', `${scenario.id} gave no record`);
  const comparison = compare({ run: then, scenario }, { run: now, scenario: again });
  const all = { ...comparison, surroundings: [...comparison.surroundings, ...moved] };
  print(comparisonText(all, { run: then, scenario }));
  print(await nextText(now, again, context.signal));
  return comparison.isSame ? EXIT.ok : EXIT.verdict;
}

/** The copy that the run has kept; a record of an earlier dualvip has none. */
async function scenariosOf({ folder, scenario }: RecordedCase, progress: Progress): Promise<string> {
  for (const one of [catalogueFolder(folder), path.join(folder, 'model')]) {
    if (existsSync(path.join(one, scenario.id, 'scenario.yaml'))) return one;
  }
  if (existsSync(path.join(SCENARIOS_FOLDER, scenario.id, 'scenario.yaml'))) {
    progress.note(
      `the run has no copy of ${scenario.id}: that of this checkout is taken, which may have changed`,
    );
    return SCENARIOS_FOLDER;
  }
  return Promise.reject(
    new HarnessError(
      'DUALVIP_CASE_LOST',
      `the run has no copy of ${scenario.id}, and neither has this checkout`,
      {
        hint: 'dualvip 0.1.0 keeps one with each run; run it again with --scenarios FOLDER.',
      },
    ),
  );
}

/** The bounds that were overridden then, unless the user overrides them now. */
function restoreTimeouts({ settings }: RunRecord): void {
  for (const [name, value] of Object.entries(settings?.timeouts ?? {})) process.env[name] ??= value;
}

function nudgesOf({ settings }: RunRecord): Nudges {
  return NUDGES.find((one) => one === settings?.nudges) ?? 'light';
}

function runFlags(flags: ReproduceFlags, { cluster, implementation }: RunRecord): RunFlags {
  return {
    ...flags,
    topology: cluster.topology,
    implementation: implementationName(implementation),
    workers: flags.workers ?? cluster.nodes.filter(({ role }) => role === 'worker').length,
    all: false,
  };
}

function comparisonText(
  { isSame, outcome, surroundings }: Comparison,
  { run, scenario }: { run: RunRecord; scenario: ScenarioRecord },
): string {
  const lines = isSame
    ? [`reproduced: ${scenario.id} came out as in run ${run.id}, as far as it ran`]
    : [
        `not reproduced: ${scenario.id} came out otherwise than in run ${run.id}`,
        ...outcome.map((one) => `  ${one}`),
      ];
  if (surroundings.length === 0)
    return [...lines, 'nothing that was recorded of the surroundings differs'].join('\n');
  return [...lines, 'what differs around it:', ...surroundings.map((one) => `  ${one}`)].join('\n');
}

async function nextText(record: RunRecord, scenario: ScenarioRecord, signal: AbortSignal): Promise<string> {
  const { name } = record.cluster;
  const hasKubectl = await runCommand('kubectl', ['version', '--client'], { signal }).then(
    () => true,
    () => false,
  );
  const implementation = await findImplementation(implementationName(record.implementation));
  const lines = nextCommands({
    ...{ name, kubeconfig: kubeconfigPath(name), hasKubectl, scenario, implementation },
  });
  const where = scenario.held?.after === undefined ? 'at its last step' : `after step ${scenario.held.after}`;
  return [
    `\n${scenario.id} stands ${where} on cluster ${name}, with all that it made; to look at it:`,
    ...lines.flatMap(({ command, does }) => [`  # ${does}`, `  ${command}`]),
  ].join('\n');
}
