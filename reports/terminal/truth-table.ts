import { printable } from '../printable.ts';
import { EXPECTED_VERDICTS, type Verdict } from '../record/record.ts';
import { APPEARANCE } from '../appearance.ts';
import { paintOf } from './appearance.ts';
import { hanging, pageOf, type Page, type PageOptions } from './page.ts';
import { layOut, type Cell, type Column } from './table.ts';
import { marksOf, measuredOf, wordsOf, type TruthRow } from './truth-cell.ts';

export * from './truth-cell.ts';

export interface TruthTableOptions extends PageOptions {
  /** The pool shapes in the order of the columns. */
  shapes: readonly string[];
}

/** The cases of one operation. */
interface Block {
  title: string;
  rows: readonly TruthRow[];
  shapes: readonly string[];
}

/**
 * Policy and ipFamilies downwards, pool shapes across, a block for each operation. A cell is what is expected and,
 * where something else was measured, that too. Below: what the marks say, and each case that is not as expected.
 * Ends with a newline.
 */
export function renderTruthTable(rows: readonly TruthRow[], options: TruthTableOptions): string {
  const page = pageOf(options);
  const place = (row: TruthRow) => options.shapes.indexOf(row.shape);
  const visible = rows.map((row) => printable(row));
  const groups = Map.groupBy(visible, ({ topology, operation }) => `${topology}, ${operation}`);
  const blocks = [
    ...[...groups].map(([title, group]) => {
      const across = group.toSorted((a, b) => place(a) - place(b)).map(({ shape }) => shape);
      return block({ title, rows: group, shapes: [...new Set(across)] }, page);
    }),
    legend(visible, page),
    known(visible, page),
    ...visible.filter((row) => isNews(row)).map((row) => newsOf(row, page)),
  ];
  const filled = blocks.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Shapes that do not fit beside the others come below them. */
function block({ title, rows, shapes }: Block, page: Page): string[] {
  const lines = [...Map.groupBy(rows, ({ policy, families }) => `${policy} ${families}`).values()];
  const head: Column<readonly TruthRow[]>[] = [
    { header: 'POLICY', cell: ([row]) => ({ text: row?.policy ?? '' }) },
    { header: 'FAMILIES', cell: ([row]) => ({ text: row?.families ?? '' }) },
  ];
  const tables: string[][] = [];
  for (let left = shapes; left.length > 0;) {
    let count = left.length;
    const table = () => {
      const columns = left.slice(0, count).map((shape): Column<readonly TruthRow[]> => {
        return {
          header: shape,
          cell: (line) =>
            cellOf(
              line.find((row) => row.shape === shape),
              page,
            ),
        };
      });
      return layOut(lines, [...head, ...columns], page);
    };
    while (count > 1 && table().width > page.columns) count -= 1;
    const { header, rows: cells } = table();
    // A line ends where its last cell does.
    tables.push([header, ...cells].map((one) => one.trimEnd()));
    left = left.slice(count);
  }
  return [page.colors.bold(title), ...tables.flat()];
}

function cellOf(row: TruthRow | undefined, page: Page): Cell {
  if (!row) return { text: '' };
  const expected = marksOf(row.phases.map((phase) => phase.expected));
  const verdict = row.record?.verdict.pair;
  if (verdict === undefined) return { text: expected, paint: page.colors.dim };
  const measured = measuredOf(row);
  const differs = measured !== undefined && marksOf(measured) !== expected;
  const text = `${APPEARANCE[verdict].mark} ${expected}${differs ? ` ≠ ${marksOf(measured)}` : ''}`;
  return { text, paint: paintOf(verdict, page) };
}

function legend(rows: readonly TruthRow[], page: Page): string[] {
  const verdicts = new Set(rows.flatMap(({ record }) => (record ? [record.verdict.pair] : [])));
  const words = [
    '46: an IPv4 and an IPv6 address, IPv4 first',
    '-: Pending',
    'x: refused by the API',
    '›: then, after the operation',
    ...(verdicts.size > 0 ? ['≠: expected on the left, measured on the right'] : []),
    ...(rows.some(({ record }) => !record) && verdicts.size > 0 ? ['no mark: not run'] : []),
    'empty: no case, or another shows the same',
  ];
  return [
    ...hanging({ prefix: '', text: words.join('; '), paint: page.colors.dim }, page),
    ...[...verdicts].flatMap((verdict) => meaning(verdict, page)),
  ];
}

function meaning(verdict: Verdict, page: Page): string[] {
  const { mark, meaning: text } = APPEARANCE[verdict];
  return hanging({ prefix: `${paintOf(verdict, page)(mark)} `, text, paint: page.colors.dim }, page);
}

/** What is known comes in few kinds and many cases: each kind once, with its cases. */
function known(rows: readonly TruthRow[], page: Page): string[] {
  const refuted = rows.filter(({ record }) => record?.verdict.pair === 'expected-fail');
  return [...Map.groupBy(refuted, ({ record }) => record?.deviation?.summary ?? '')].flatMap(
    ([summary, group]) => {
      const upstream = group[0]?.record?.deviation?.upstream ?? [];
      const cases = `${group.length} ${group.length === 1 ? 'case' : 'cases'}`;
      return [
        ...hanging(
          { prefix: `${page.colors.cyan('~')} `, text: `${summary} (${cases})`, paint: page.colors.cyan },
          page,
        ),
        ...(upstream.length > 0 ? upstream : ['not reported upstream yet']).map((one) => `    ${one}`),
        ...group.map((row) => `    ${row.id}  ${difference(row)}`),
      ];
    },
  );
}

function isNews({ record }: TruthRow): boolean {
  return record !== undefined && !EXPECTED_VERDICTS.has(record.verdict.pair);
}

function newsOf(row: TruthRow, page: Page): string[] {
  const { id, record } = row;
  if (!record) return [];
  const { pair } = record.verdict;
  const paint = paintOf(pair, page);
  const failed = record.checks.filter(({ ok }) => !ok);
  return [
    paint(`${APPEARANCE[pair].mark} ${id}`),
    `    ${record.title}`,
    `    ${record.reason ?? difference(row)}`,
    ...failed.map(
      ({ step, subject, expected, observed }) =>
        `    ${step}, ${subject}: expected ${expected}, observed ${observed}`,
    ),
  ];
}

function difference(row: TruthRow): string {
  const measured = measuredOf(row);
  const expected = wordsOf(row.phases.map((phase) => phase.expected));
  return `expected ${expected}, measured ${measured ? wordsOf(measured) : 'nothing'}`;
}
