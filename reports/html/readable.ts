import { printableText } from '../printable.ts';
import { counted } from './quantity.ts';

/** The longest text of one value; events and answers of backends are seldom a tenth of it. */
const LONGEST = 2_000;

/**
 * A copy in which every string, however deep, is one line of visible characters, and none is too long for a page:
 * it ends with how much is missing.
 */
export function readable<T>(value: T): T;
export function readable(value: unknown): unknown {
  if (typeof value === 'string') return readableText(value);
  if (Array.isArray(value)) return value.map((one: unknown) => readable(one));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) copy[readableText(key)] = readable(one);
  return copy;
}

export function readableText(text: string): string {
  if (text.length <= LONGEST) return printableText(text);
  const more = counted(text.length - LONGEST, 'more character');
  return printableText(`${text.slice(0, LONGEST)}… (cut: ${more} in the record)`);
}
