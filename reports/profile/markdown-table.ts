/**
 * A table of GitHub Flavored Markdown, its columns as wide as their widest cell: as prettier writes it, so that a
 * generated one passes the check of the format.
 */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(3, ...[head, ...rows].map((row) => width(row[column]))));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((size, column) => pad(cells[column] ?? '', size)).join(' | ')} |`;
  return [line(head), line(widths.map((size) => '-'.repeat(size))), ...rows.map(line)].join('\n');
}

function width(text = ''): number {
  return text.length;
}

function pad(text: string, size: number): string {
  return text + ' '.repeat(size - width(text));
}

/** Puts a text between `<!-- NAME:begin -->` and `<!-- NAME:end -->`; undefined where the marks are not there. */
export function between(name: string, document: string, text: string): string | undefined {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from === -1 || to === -1) return undefined;
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
