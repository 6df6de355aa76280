import { stripVTControlCharacters } from 'node:util';

import pc from 'picocolors';

type Colors = ReturnType<typeof pc.createColors>;

/** What text is written on. */
export interface Page {
  colors: Colors;
  /** Width; `Infinity` where lines need not be broken: a file, a pipe. */
  columns: number;
}

export interface PageOptions {
  colors: boolean;
  /** Width of the terminal; without it, no line is broken and no column left out. */
  columns?: number | undefined;
}

export function pageOf({ colors, columns }: PageOptions): Page {
  return { colors: pc.createColors(colors), columns: columns ?? Infinity };
}

/** How a text is coloured. */
export type Paint = (text: string) => string;

/** How many columns a text takes, colours aside. */
export function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

export interface HangingText {
  /** Before the first line; the others are indented by its width. May be coloured. */
  prefix: string;
  /** Not coloured: it is broken between words. */
  text: string;
  paint?: Paint;
}

/** A paragraph beside its label. A word that is too long stays whole, so that addresses can be copied. */
export function hanging({ prefix, text, paint = (line) => line }: HangingText, page: Page): string[] {
  const indent = widthOf(prefix);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent + longer.length > page.columns) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((one, index) => (index === 0 ? prefix : ' '.repeat(indent)) + paint(one));
}
