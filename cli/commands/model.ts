import path from 'node:path';

import { hasColors } from '../../base/colors.ts';
import { UsageError } from '../../base/errors.ts';
import { ensureOutputFolder } from '../../base/output.ts';
import type { Topology } from '../../clusters/topology.ts';
import { caseId, SHAPES, type Case } from '../../harness/model/case.ts';
import { modelOf, type Excluded } from '../../harness/model/cases.ts';
import { claimOf } from '../../harness/model/claim.ts';
import { expectedOf } from '../../harness/model/outcome.ts';
import { toScenario } from '../../harness/model/scenario.ts';
import { writeScenario } from '../../harness/model/scenario-folder.ts';
import { truthOf } from '../../harness/model/truth.ts';
import { phaseWords, refusalWords } from '../../harness/model/wording.ts';
import { exitCodeOf } from '../../harness/run/exit-code.ts';
import { scenarioName } from '../../harness/scenario/name.ts';
import type { Scenario } from '../../harness/scenario/schema.ts';
import type { ScenarioRecord } from '../../reports/record/record.ts';
import { measuredOf, renderTruthTable, type TruthRow } from '../../reports/terminal/truth-table.ts';
import type { CommandContext } from '../context.ts';
import { table } from '../table.ts';
import { makeRunId, type RunFlags } from '../asked-run.ts';
import { recordRun } from './run.ts';

export interface ModelFlags {
  topology: Topology;
  /** Prints the cases and what is expected; runs nothing. */
  list: boolean;
  /** Prints what is no case, and why; runs nothing. */
  excluded: boolean;
  json: boolean;
  testNamePattern?: string;
  /** Writes the cases there as folders of scenarios; runs nothing. */
  write?: string;
}

/** Runs scenarios on a cluster of the topology; those that were not reached have no record. */
export type RunCases = (cases: Scenario[]) => Promise<ScenarioRecord[]>;

/** The generated cases: listed, written, or run and shown as a truth table. */
export async function model(flags: ModelFlags & RunFlags, context: CommandContext): Promise<number> {
  return modelWith(flags, context, async (cases) => {
    const runId = makeRunId(new Date());
    // Beside the run's record, where a case can be read and run again like any other scenario.
    const scenarios = path.join(path.resolve(flags.reports), runId, 'model');
    for (const one of cases) await writeScenario(one, scenarios);
    const { testNamePattern: _, ...rest } = flags;
    const record = await recordRun({ ...rest, scenarios }, context, { runId });
    context.signal.throwIfAborted();
    return record.scenarios;
  });
}

/** The same with another way to run them. */
export async function modelWith(
  flags: ModelFlags,
  { print }: Pick<CommandContext, 'print'>,
  runCases: RunCases,
): Promise<number> {
  const { cases: all, excluded } = modelOf(flags.topology);
  if (flags.excluded) {
    print(flags.json ? json(excluded.map(excludedRow)) : excludedText(excluded));
    return 0;
  }
  const cases = matching(all, flags.testNamePattern);
  if (flags.list) {
    print(flags.json ? json(cases.map((one) => truthOf(one))) : listText(cases, excluded.length));
    return 0;
  }
  if (flags.write !== undefined) {
    const root = path.resolve(flags.write);
    await ensureOutputFolder(root);
    for (const one of cases) await writeScenario(toScenario(one), root);
    print(`wrote ${cases.length} scenarios to ${flags.write}`);
    return 0;
  }
  const records = await runCases(cases.map(toScenario));
  const byId = new Map(records.map((record) => [record.id, record]));
  const rows: TruthRow[] = cases.map((one) => ({ ...truthOf(one), record: byId.get(caseId(one)) }));
  const page = { colors: hasColors('stdout'), columns: process.stdout.columns, shapes: SHAPES };
  print(flags.json ? json(rows.map(measuredRow)) : renderTruthTable(rows, page).trimEnd());
  return exitCodeOf(records);
}

/** @throws UsageError `DUALVIP_FLAG_INVALID`, `DUALVIP_SCENARIO_NONE` */
function matching(cases: Case[], pattern: string | undefined): Case[] {
  if (pattern === undefined) return cases;
  const wanted = regularExpression(pattern);
  const found = cases.filter((one) => wanted.test(scenarioName(toScenario(one))));
  if (found.length > 0) return found;
  throw new UsageError('DUALVIP_SCENARIO_NONE', `no case of the model matches -t ${pattern}`, {
    hint: 'dualvip model --list shows ids and claims, which -t is matched against.',
  });
}

function regularExpression(pattern: string): RegExp {
  try {
    // `-t C1` means that claim, not C12 as well.
    return new RegExp(/^C\d+$/.test(pattern) ? `^${pattern} ` : pattern);
  } catch (cause) {
    throw new UsageError('DUALVIP_FLAG_INVALID', `-t ${pattern}: not a regular expression`, {
      cause,
      hint: 'Write a part of an id, such as -t separate-to-prefer.',
    });
  }
}

function listText(cases: readonly Case[], excluded: number): string {
  const rows = cases.map((one) => {
    const expected = expectedOf(one);
    const claim = claimOf(one, expected) ?? '';
    if ('refused' in expected) return [claim, caseId(one), refusalWords(expected.refused), ''];
    return [
      claim,
      caseId(one),
      phaseWords(expected.created),
      expected.after ? phaseWords(expected.after) : '',
    ];
  });
  return [
    table(['CLAIM', 'CASE', 'CREATED', 'AFTER'], rows),
    '',
    `${cases.length} cases; ${excluded} combinations are none, --excluded tells why.`,
  ].join('\n');
}

function excludedText(excluded: readonly Excluded[]): string {
  const reasons = Map.groupBy(excluded, ({ reason }) => reason.replace(/ with model-.*/, ' with another'));
  const rows = [...reasons]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([reason, group]) => [String(group.length), reason, group[0] ? caseId(group[0].case) : '']);
  return table(['COMBINATIONS', 'WHY THEY ARE NO CASES', 'SUCH AS'], rows);
}

function excludedRow({ case: one, reason }: Excluded) {
  return { id: caseId(one), ...one, reason };
}

function measuredRow({ record, ...row }: TruthRow) {
  return { ...row, measured: measuredOf({ ...row, record }), verdict: record?.verdict };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
