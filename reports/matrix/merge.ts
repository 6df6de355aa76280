import path from 'node:path';

import type { RunRecord, ScenarioRecord } from '../record/record.ts';
import { UNREPORTED_FOLDER, isUnreported } from '../unreported/unreported.ts';
import {
  MATRIX_VERSION,
  type MatrixCell,
  type MatrixColumn,
  type MatrixRecord,
  type MatrixRow,
  type MatrixUnreported,
} from './matrix-record.ts';
import { differ, outcomeOf } from './outcome.ts';
import { versionAndMode } from '../record/implementation-name.ts';

/** A run that gave a record. */
export interface RecordedRun {
  record: RunRecord;
  /** Where it is, relative to the matrix record's folder. */
  file: string;
}

/** A run that gave none. */
export type FailedRun = Pick<MatrixColumn, 'run' | 'implementation' | 'topology' | 'durationMs'> &
  Required<Pick<MatrixColumn, 'error'>>;

export type MatrixRun = RecordedRun | FailedRun;

/** What a matrix record has that its runs do not tell. */
export type MatrixHead = Pick<
  MatrixRecord,
  'id' | 'startedAt' | 'durationMs' | 'command' | 'harness' | 'interrupted'
>;

/** Puts runs side by side, one column each, in their order. */
export function mergeRuns(head: MatrixHead, runs: readonly MatrixRun[]): MatrixRecord {
  const columns = runs.map(columnOf);
  const records = runs.flatMap((run) => ('record' in run ? [run.record] : []));
  const rows = rowsOf(records);
  const codes = columns.map(({ exitCode }) => exitCode);
  return {
    version: MATRIX_VERSION,
    ...head,
    columns,
    rows,
    unreported: rows.flatMap((row) => unreportedOf(row, columns)),
    exitCode: codes.includes(2) || head.interrupted !== undefined ? 2 : codes.includes(1) ? 1 : 0,
  };
}

function columnOf(run: MatrixRun): MatrixColumn {
  if (!('record' in run)) return { ...run, exitCode: 2 };
  const { id, implementation, cluster, durationMs, exitCode, interrupted } = run.record;
  return {
    run: id,
    implementation,
    topology: cluster.topology,
    record: run.file,
    kubernetes: cluster.kubernetes,
    durationMs,
    exitCode,
    ...(interrupted === undefined ? {} : { interrupted }),
  };
}

function rowsOf(records: readonly RunRecord[]): MatrixRow[] {
  const found = records.flatMap(({ id: run, scenarios }) =>
    scenarios.map((scenario) => ({ scenario, cell: cellOf(run, scenario) })),
  );
  const rows = [...Map.groupBy(found, ({ scenario }) => scenario.id)].flatMap(([id, group]): MatrixRow[] => {
    const [first] = group;
    if (!first) return [];
    const { title, claim, issue } = first.scenario;
    const cells = group.map(({ cell }) => cell);
    return [
      {
        id,
        title,
        ...(claim === undefined ? {} : { claim }),
        ...(issue === undefined ? {} : { issue }),
        cells,
        differs: differ(cells),
      },
    ];
  });
  return rows.toSorted((a, b) => asPeopleSort(a.id, b.id));
}

/** c2 before c10, and 0.9.0 before 0.16.1. */
function asPeopleSort(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function cellOf(run: string, scenario: ScenarioRecord): MatrixCell {
  const { verdict, checks, deviation, reason } = scenario;
  return {
    run,
    verdict,
    failed: checks.filter(({ ok }) => !ok),
    ...(deviation === undefined ? {} : { deviation }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** One text for all runs that saw the same. Implementations do not share one: each has an upstream of its own. */
function unreportedOf({ id, cells }: MatrixRow, columns: readonly MatrixColumn[]): MatrixUnreported[] {
  const seen = cells.filter(isUnreported).flatMap((cell) => {
    const column = columns.find(({ run }) => run === cell.run);
    return column ? [{ cell, column }] : [];
  });
  const groups = Map.groupBy(seen, ({ cell, column }) => `${column.implementation.name} ${outcomeOf(cell)}`);
  return [...groups.values()].flatMap((group) => {
    // The newest version is the one that an upstream wants to hear of; of its runs, the first.
    const [newest] = group.toSorted((a, b) =>
      asPeopleSort(b.column.implementation.version, a.column.implementation.version),
    );
    if (!newest) return [];
    const { implementation, topology, run } = newest.column;
    // A record may be another's: what it says must stay one file's name.
    const name = [implementation.name, versionAndMode(implementation), topology, id]
      .map((part) => part.replaceAll(/[^\w.-]/g, '_'))
      .join('-');
    return [
      {
        scenario: id,
        runs: group.map(({ cell }) => cell.run),
        madeOf: run,
        file: path.posix.join(UNREPORTED_FOLDER, `${name}.md`),
      },
    ];
  });
}
