import type { Check } from '../clusters/engine/check.ts';
import { hanging, pageOf, type Page, type PageOptions } from '../reports/terminal/page.ts';

/** Where nothing tells how wide the page is. */
const UNTOLD = 80;
const WIDEST = 100;
const STATUS = 'STATUS';
const GAP = '  ';
const COLOR = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** A row a check, its cells broken between words where the page is too narrow; what mends it stands below. */
export function checkTable(checks: readonly Check[], options: PageOptions): string {
  const columns = Math.min(options.columns ?? UNTOLD, WIDEST);
  const page = pageOf({ ...options, columns });
  const what = longest(['WHAT', ...checks.map((check) => check.what)]);
  const rest = columns - STATUS.length - what - 3 * GAP.length;
  const found = Math.min(longest(['FOUND', ...checks.map((check) => check.found)]), Math.ceil(rest / 2));
  const widths = [what, found, rest - found];
  const indent = ' '.repeat(STATUS.length + GAP.length);
  return [
    row(STATUS, ['WHAT', 'FOUND', 'NEEDED'], widths),
    ...checks.flatMap(({ status, what: name, found: has, needed, fix }) => [
      row(status, [name, has, needed], widths).replace(status, page.colors[COLOR[status]](status)),
      ...(fix === undefined ? [] : fixLines(indent, fix, page)),
    ]),
  ].join('\n');
}

function fixLines(indent: string, fix: string, page: Page): string[] {
  return hanging({ prefix: `${indent}fix: `, text: fix, paint: page.colors.dim }, page);
}

/** As many lines as the highest cell has. */
function row(status: string, texts: readonly string[], widths: readonly number[]): string {
  const cells = texts.map((text, index) =>
    hanging({ prefix: '', text }, pageOf({ colors: false, columns: widths[index] })),
  );
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    [
      (line === 0 ? status : '').padEnd(STATUS.length),
      ...cells.map((lines, index) => (lines[line] ?? '').padEnd(widths[index] ?? 0)),
    ]
      .join(GAP)
      .trimEnd(),
  ).join('\n');
}

function longest(texts: readonly string[]): number {
  return Math.max(...texts.map(({ length }) => length));
}
