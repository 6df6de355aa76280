import path from 'node:path';

import type { MatrixCell, MatrixColumn, MatrixRecord, MatrixRow } from '../matrix/matrix-record.ts';
import { outcomeOf } from '../matrix/outcome.ts';
import { placesOf } from '../matrix/places.ts';
import type { Check } from '../record/record.ts';
import { APPEARANCE, originOf } from '../appearance.ts';
import { paintOf } from './appearance.ts';
import { hanging, type Page } from './page.ts';

/** A cell with the column that it is in. */
interface Placed {
  cell: MatrixCell;
  column: MatrixColumn;
}

/**
 * In words: what is not the same in all columns, then what is the same and no pass. `folder` is the
 * matrix record's, as the reader would write it.
 */
export function matrixFindings(matrix: MatrixRecord, folder: string, page: Page): string[] {
  const upstream: string[] = [];
  const section = (heading: string, rows: readonly MatrixRow[]) =>
    rows.length === 0
      ? []
      : [
          page.colors.bold(heading),
          ...rows.flatMap((row) => finding(row, { matrix, folder, upstream }, page)),
          '',
        ];
  const lines = [
    ...section(
      'Not the same in all columns',
      matrix.rows.filter(({ differs }) => differs),
    ),
    ...section(
      'No pass, and the same in all columns',
      matrix.rows.filter((row) => !row.differs && !isPass(row)),
    ),
    ...upstream.map((url, index) => page.colors.dim(`[${index + 1}] ${url}`)),
  ];
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function isPass({ cells }: MatrixRow): boolean {
  return cells.every(({ verdict }) => verdict.pair === 'pass');
}

interface FindingContext {
  matrix: MatrixRecord;
  folder: string;
  /** Grows by what is met: the same issues are often behind several scenarios. */
  upstream: string[];
}

function finding(row: MatrixRow, context: FindingContext, page: Page): string[] {
  const placed = row.cells.flatMap((cell): Placed[] => {
    const column = context.matrix.columns.find(({ run }) => run === cell.run);
    return column ? [{ cell, column }] : [];
  });
  // What says nothing of the implementation is told one by one: the reasons need not be the same.
  const groups = Map.groupBy(placed, ({ cell }) => outcomeOf(cell) ?? cell.run);
  const title = [originOf(row), row.title].filter(Boolean).join(': ');
  return [
    ...hanging({ prefix: `  ${page.colors.bold(row.id)}  `, text: title }, page),
    ...[...groups.values()].flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const { pair } = first.cell.verdict;
      const mark = paintOf(pair, page)(APPEARANCE[pair].mark);
      const text = `${placesOf(group.map(({ column }) => column))}: ${inWords(first.cell, row, context)}`;
      return hanging({ prefix: `    ${mark} `, text }, page);
    }),
  ];
}

function inWords(cell: MatrixCell, { id }: MatrixRow, { matrix, folder, upstream }: FindingContext): string {
  const { deviation, failed, reason } = cell;
  const { pair } = cell.verdict;
  const versions = deviation?.versions === '*' ? 'all versions' : deviation?.versions;
  const known = () => `${deviation?.chance ? 'by chance, ' : ''}${deviation?.summary} (known of ${versions})`;
  switch (pair) {
    case 'pass':
      return deviation?.chance ? `as claimed this time; ${known()}` : 'as claimed';
    case 'expected-fail': {
      const text = matrix.unreported.find(({ scenario, runs }) => scenario === id && runs.includes(cell.run));
      if (text) return `${known()}, unreported; ready to file: ${path.posix.join(folder, text.file)}`;
      return `${known()} ${references(deviation?.upstream ?? [], upstream)}`;
    }
    case 'unexpected-pass':
      // Without a deviation, it is what nobody claims, and the reason says so.
      return (
        reason ??
        `as claimed, although known otherwise: ${known()} ${references(deviation?.upstream ?? [], upstream)}`
      );
    case 'fail':
    case 'inconclusive':
    case 'flaky':
      return failed.map(failedInWords).join('; ');
    case 'unsupported':
    case 'error':
      break;
  }
  return reason ?? APPEARANCE[pair].meaning;
}

function references(links: readonly string[], upstream: string[]): string {
  for (const link of links) if (!upstream.includes(link)) upstream.push(link);
  return links.map((link) => `[${upstream.indexOf(link) + 1}]`).join('');
}

function failedInWords({ step, subject, expected, observed }: Check): string {
  return `${step}, ${subject}: expected ${expected}, observed ${observed}`;
}
