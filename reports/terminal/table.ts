import type { Page, Paint } from './page.ts';

export interface Cell {
  text: string;
  paint?: Paint | undefined;
}

export interface Column<T> {
  header: string;
  align?: 'right';
  cell: (row: T) => Cell;
}

export interface Table {
  header: string;
  /** One line a row. */
  rows: string[];
  width: number;
}

/** Columns beside one another, each as wide as its widest cell, two spaces apart. An empty column is left out. */
export function layOut<T>(rows: readonly T[], columns: readonly Column<T>[], page: Page): Table {
  const filled = columns
    .map((column) => ({ ...column, cells: rows.map((row) => column.cell(row)) }))
    .filter(({ cells }) => cells.some(({ text }) => text !== ''))
    .map((column) => ({
      ...column,
      width: Math.max(...[column.header, ...column.cells.map(({ text }) => text)].map((text) => text.length)),
    }));
  const line = (cells: readonly Cell[]) =>
    cells
      .map(({ text, paint = (plain: string) => plain }, index) => {
        const column = filled[index];
        const painted = text === '' ? '' : paint(text);
        const space = ' '.repeat((column?.width ?? 0) - text.length);
        // The last column's space would be at the end of the line.
        const after = index === cells.length - 1 ? '' : space;
        return column?.align === 'right' ? space + painted : painted + after;
      })
      .join('  ');
  return {
    header: line(filled.map(({ header }) => ({ text: header, paint: page.colors.dim }))),
    rows: rows.map((_, row) => line(filled.map(({ cells }) => cells[row] ?? { text: '' }))),
    width: filled.reduce((sum, { width }) => sum + width + 2, -2),
  };
}
