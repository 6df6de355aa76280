import { realpath } from 'node:fs/promises';
import path from 'node:path';

import { hasColors } from '../../base/colors.ts';
import { monotonicMs } from '../../base/clock.ts';
import { UsageError } from '../../base/errors.ts';
import { findEngine } from '../../clusters/engine/engine.ts';
import { ensureEngine } from '../../clusters/engine/ensure-engine.ts';
import { writeMatrix } from '../../reports/matrix/matrix-file.ts';
import { mergeRuns, type MatrixRun, type RecordedRun } from '../../reports/matrix/merge.ts';
import { implementationName } from '../../reports/record/implementation-name.ts';
import { readRunRecord, RECORD_FILE } from '../../reports/record-file.ts';
import { renderMatrix } from '../../reports/terminal/matrix.ts';
import { confirmer } from '../confirm.ts';
import type { CommandContext } from '../context.ts';
import { tellFailure } from '../failure.ts';
import { runAll } from '../matrix-runs.ts';
import { runFile } from '../run-file.ts';
import { subjectsOf, type SubjectFlags } from '../subjects.ts';
import { harnessVersion } from '../version.ts';
import { checkScenarios, makeRunId, type RunFlags } from '../asked-run.ts';
import { recordRun } from './run.ts';
import { DEFAULT_NAME } from './up.ts';

export interface MatrixFlags extends SubjectFlags, Omit<RunFlags, keyof SubjectFlags | 'keep' | 'shard'> {
  /** How many clusters at a time. */
  parallel: number;
  /** Folders, run.json files or ids of runs; nothing is run then. */
  merge?: string[];
}

/** Runs the scenarios on each implementation and topology, or takes runs that are there, and merges them. */
export async function matrix(flags: MatrixFlags, context: CommandContext): Promise<number> {
  const startedAt = new Date();
  const id = `matrix-${makeRunId(startedAt)}`;
  const folder = path.resolve(flags.reports, id);
  const { runs, interrupted, durationMs } = flags.merge
    ? await readRuns(flags.merge, { reports: flags.reports, folder })
    : await makeRuns(flags, { id, folder }, context);
  if (runs.length === 0) context.signal.throwIfAborted();
  const record = mergeRuns(
    {
      id,
      startedAt: startedAt.toISOString(),
      durationMs,
      command: process.argv.slice(2),
      harness: { version: await harnessVersion(), node: process.version },
      ...(interrupted === undefined ? {} : { interrupted }),
    },
    runs,
  );
  await writeMatrix(folder, record, runs);
  context.print(
    renderMatrix(record, {
      colors: hasColors('stdout'),
      columns: process.stdout.columns,
      folder: path.relative('', folder),
    }),
  );
  context.signal.throwIfAborted();
  return record.exitCode;
}

interface Runs {
  runs: MatrixRun[];
  /** Milliseconds: of making them, or the sum of theirs. */
  durationMs: number;
  interrupted?: string;
}

/**
 * A cluster and a run for each. The images of the next are not built meanwhile: the times in a record would be
 * those of a machine that compiles.
 */
async function makeRuns(
  flags: MatrixFlags,
  { id, folder }: { id: string; folder: string },
  context: CommandContext,
): Promise<Runs> {
  const subjects = await subjectsOf(flags);
  for (const topology of new Set(subjects.map((one) => one.topology))) await checkScenarios(flags, topology);
  const { progress, signal } = context;
  // Missing, it would be missed by every run, and the user asked each time.
  const confirm = confirmer({ yes: flags.yes, signal });
  if (!(await findEngine({ signal }))) await ensureEngine({ progress, signal, confirm });
  const prefix = flags.name ?? `${DEFAULT_NAME}-${id}`;
  const { runs, ...rest } = await runAll(
    {
      subjects,
      parallel: flags.parallel,
      makeRunId,
      record({ subject: { implementation, topology }, position, ...planned }, own) {
        const asked = implementationName(implementation);
        const name = `${prefix}-${position}`;
        return recordRun({ ...flags, implementation: asked, topology, name }, own, planned);
      },
      onFailure: (error) => tellFailure(error, context),
    },
    context,
  );
  const file = (run: string) => relativeTo(folder, path.resolve(flags.reports, run, RECORD_FILE));
  return {
    ...rest,
    runs: runs.map((run) => ('id' in run ? { record: run, file: file(run.id) } : run)),
    durationMs: monotonicMs() - context.origin,
  };
}

/** @throws UsageError `DUALVIP_RECORD_NOT_FOUND`, `DUALVIP_MATRIX_TWICE` */
async function readRuns(
  given: readonly string[],
  { reports, folder }: { reports: string; folder: string },
): Promise<Runs> {
  const runs = await Promise.all(given.map((run) => readRun(run, { reports, folder })));
  const ids = runs.map(({ record }) => record.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    throw new UsageError('DUALVIP_MATRIX_TWICE', `run ${twice} was given twice`, {
      hint: 'Name each run once; reports/runs/latest is one of the others.',
    });
  }
  return { runs, durationMs: runs.reduce((sum, { record }) => sum + record.durationMs, 0) };
}

async function readRun(
  given: string,
  { reports, folder }: { reports: string; folder: string },
): Promise<RecordedRun> {
  const file = await runFile(given, reports);
  const record = await readRunRecord(file);
  // `latest` names another run tomorrow.
  return { record, file: relativeTo(folder, await realpath(file)) };
}

function relativeTo(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}
