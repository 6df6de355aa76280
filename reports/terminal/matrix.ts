import path from 'node:path';

import { formatMs } from '../../base/clock.ts';
import type { MatrixColumn, MatrixRecord } from '../matrix/matrix-record.ts';
import { printable } from '../printable.ts';
import { EXPECTED_VERDICTS, VERDICTS } from '../record/record.ts';
import { APPEARANCE } from '../appearance.ts';
import { paintOf } from './appearance.ts';
import { matrixFindings } from './matrix-findings.ts';
import { CELL_HEAD, matrixTable, type MatrixTable } from './matrix-table.ts';
import { hanging, pageOf, type Page, type PageOptions } from './page.ts';

export interface MatrixOptions extends PageOptions {
  /** The matrix record's folder, as the reader would write it. */
  folder: string;
}

/**
 * Runs side by side for a terminal: a row a scenario, a column a run, a legend, and in words what differs. Ends
 * with a newline. Control characters in the record are written as escapes.
 */
export function renderMatrix(record: MatrixRecord, options: MatrixOptions): string {
  const matrix = printable(record);
  const page = pageOf(options);
  const table = matrixTable(matrix, page);
  const blocks = [
    table.lines,
    legend(matrix, page),
    matrixFindings(matrix, options.folder, page),
    runs(matrix, { table, folder: options.folder }, page),
    sum(matrix, page),
    [`${page.colors.dim('matrix')}  ${path.posix.join(options.folder, 'matrix.json')}`],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** How a cell is read, and what the marks mean that occur. */
function legend({ columns, rows }: MatrixRecord, page: Page): string[] {
  const seen = new Set(rows.flatMap(({ cells }) => cells.flatMap(({ verdict }) => Object.values(verdict))));
  if (columns.some(({ error }) => error !== undefined)) seen.add('error');
  const present = VERDICTS.filter((verdict) => seen.has(verdict));
  const width = Math.max(0, ...present.map((verdict) => verdict.length));
  const absent = columns.some(
    ({ run, error }) =>
      error === undefined && rows.some(({ cells }) => cells.every((cell) => cell.run !== run)),
  );
  const entry = (mark: string, text: string) =>
    hanging({ prefix: `${mark}  `, text, paint: page.colors.dim }, page);
  return [
    ...entry(CELL_HEAD, 'the verdict for IPv4, for IPv6 and for the pair of both'),
    ...present.flatMap((verdict) => {
      const { mark, meaning } = APPEARANCE[verdict];
      const label = paintOf(verdict, page)(`${mark} ${verdict.padEnd(width)}`);
      return hanging({ prefix: `${label}  `, text: meaning, paint: page.colors.dim }, page);
    }),
    ...(absent ? entry('·', 'not among the scenarios of that run') : []),
    ...(rows.some(({ differs }) => differs)
      ? entry(page.colors.yellow('≠'), 'not the same in all columns')
      : []),
  ];
}

interface RunsContext {
  table: MatrixTable;
  folder: string;
}

/** What each column was, and where its record is. */
function runs({ columns }: MatrixRecord, { table, folder }: RunsContext, page: Page): string[] {
  return columns.flatMap((column, index) => {
    const { implementation, topology, kubernetes, durationMs, exitCode, record } = column;
    const facts = [
      `${implementation.name} ${implementation.version} (${implementation.mode}) on ${topology}`,
      ...(kubernetes === undefined ? [] : [`Kubernetes ${kubernetes}`]),
      formatMs(durationMs),
      `exit code ${exitCode}`,
      ...(record === undefined ? [] : [path.posix.join(folder, record)]),
    ];
    const prefix = table.letters === undefined ? '' : `${table.letters[index]}  `;
    const problem = problemOf(column);
    return [
      ...hanging({ prefix, text: facts.join(' · ') }, page),
      ...(problem === undefined
        ? []
        : hanging({ prefix: `${' '.repeat(prefix.length)}  `, text: problem, paint: page.colors.red }, page)),
    ];
  });
}

function problemOf({ error, interrupted }: MatrixColumn): string | undefined {
  if (error) return `no run: ${error.message} (${error.code})`;
  return interrupted === undefined ? undefined : `did not end: ${interrupted}`;
}

function sum({ rows, columns, durationMs, interrupted, exitCode }: MatrixRecord, page: Page): string[] {
  const differing = rows.filter((row) => row.differs).length;
  const verdicts = rows.flatMap(({ cells }) => cells.map(({ verdict }) => verdict.pair));
  const news = verdicts.filter((verdict) => !EXPECTED_VERDICTS.has(verdict)).length;
  const failed = columns.filter(({ error }) => error !== undefined).length;
  const findings = [
    differing === 0 ? 'the same in all columns' : `${differing} not the same in all columns`,
    news === 0 ? 'all as known' : `${counted(news, 'verdict')} not as known`,
    ...(failed === 0 ? [] : [`${counted(failed, 'run')} failed`]),
  ];
  const counts = `${counted(rows.length, 'scenario')}, ${counted(columns.length, 'run')}`;
  const text = `${counts} in ${formatMs(durationMs)}: ${findings.join('; ')}.`;
  const paint = exitCode === 0 ? page.colors.green : page.colors.red;
  return [
    ...hanging({ prefix: '', text, paint }, page),
    ...(interrupted === undefined
      ? []
      : hanging({ prefix: '', text: `The matrix did not end: ${interrupted}`, paint }, page)),
  ];
}

function counted(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}
