import type { MatrixCell, MatrixColumn, MatrixRecord, MatrixRow } from '../matrix/matrix-record.ts';
import { versionAndMode } from '../record/implementation-name.ts';
import { type Subject } from '../record/record.ts';
import { APPEARANCE, originOf } from '../appearance.ts';
import { paintOf } from './appearance.ts';
import type { Page, Paint } from './page.ts';
import { layOut, type Cell, type Column } from './table.ts';

export interface MatrixTable {
  lines: string[];
  /** What stands for the columns where their names were too wide. */
  letters: string[] | undefined;
}

/** A line of the head, counted from its last, or a scenario. */
type Line = { fromLast: number } | MatrixRow;

/** What a cell's three marks are, as the last line of the head says. */
const IN_CELL: readonly (readonly [Subject, string])[] = [
  ['IPv4', '4'],
  ['IPv6', '6'],
  ['pair', '='],
];
export const CELL_HEAD = IN_CELL.map(([, sign]) => sign).join(' ');

/**
 * A row a scenario, a column a run. Where the page is too narrow, first the claims go, then letters stand for
 * the names of the columns.
 */
export function matrixTable({ columns, rows }: MatrixRecord, page: Page): MatrixTable {
  const letters = columns.map((_, index) => letterOf(index));
  const names = columns.map(({ implementation, topology }) => [
    implementation.name,
    versionAndMode(implementation),
    topology,
  ]);
  const lettered = letters.map((letter) => [letter]);
  const { differs, claim, id } = fixedColumns(page);
  const layouts = [
    { heads: names, fixed: [differs, claim, id] },
    { heads: names, fixed: [differs, id] },
    { heads: lettered, fixed: [differs, id], letters },
  ].map(({ heads, fixed, letters: used }) => {
    const height = (heads[0]?.length ?? 0) + 1;
    const head = Array.from({ length: height }, (_, line) => ({ fromLast: height - 1 - line }));
    const cells = columns.map((column, index) =>
      runColumn(column, [...(heads[index] ?? []), CELL_HEAD], page),
    );
    const { rows: lines, width } = layOut<Line>([...head, ...rows], [...fixed, ...cells], page);
    return { lines: lines.map((line) => line.trimEnd()), letters: used, width };
  });
  const fitting = layouts.find(({ width }) => width <= page.columns) ?? layouts.at(-1);
  return { lines: fitting?.lines ?? [], letters: fitting?.letters };
}

function fixedColumns({ colors }: Page) {
  const column = (title: string, cell: (row: MatrixRow) => Cell): Column<Line> => ({
    header: '',
    cell: (line) =>
      'fromLast' in line ? { text: line.fromLast === 0 ? title : '', paint: colors.dim } : cell(line),
  });
  return {
    differs: column('', ({ differs }) => ({ text: differs ? '≠' : ' ', paint: colors.yellow })),
    claim: column('CLAIM', (row) => ({ text: originOf(row) })),
    id: column('SCENARIO', ({ id }) => ({ text: id })),
  };
}

function runColumn(column: MatrixColumn, head: readonly string[], page: Page): Column<Line> {
  return {
    header: '',
    cell: (line) =>
      'fromLast' in line
        ? { text: head.at(-1 - line.fromLast) ?? '', paint: page.colors.dim }
        : cellOf(
            column,
            line.cells.find(({ run }) => run === column.run),
            page,
          ),
  };
}

function cellOf({ error }: MatrixColumn, cell: MatrixCell | undefined, page: Page): Cell {
  if (error) return { text: APPEARANCE.error.mark, paint: paintOf('error', page) };
  if (!cell) return { text: '·', paint: page.colors.dim };
  const marks = IN_CELL.map(([subject]) => cell.verdict[subject]);
  const paint: Paint = () =>
    marks.map((verdict) => paintOf(verdict, page)(APPEARANCE[verdict].mark)).join(' ');
  return { text: marks.map((verdict) => APPEARANCE[verdict].mark).join(' '), paint };
}

/** A to Z, then AA, AB, … */
export function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter;
}
