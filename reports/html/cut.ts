import { counted } from './quantity.ts';

/** The longest text of one value; events and answers of backends are seldom a tenth of it. */
const LONGEST = 2_000;

/** A copy in which no string, however deep, is too long for a page: it ends with how much is missing. */
export function cutTexts<T>(value: T): T;
export function cutTexts(value: unknown): unknown {
  if (typeof value === 'string') return cutText(value);
  if (Array.isArray(value)) return value.map((one: unknown) => cutTexts(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [cutText(key), cutTexts(one)]));
}

export function cutText(text: string, longest = LONGEST): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest)}… (cut: ${counted(text.length - longest, 'more character')} in the record)`;
}
