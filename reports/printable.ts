/**
 * What must not reach a terminal, a log or an XML file as it is: controls (ANSI escapes begin with one),
 * line and paragraph separators, invisible format characters (bidirectional overrides can make text read as
 * its opposite), lone surrogates and noncharacters (XML 1.0, production 2, has no place for either).
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

const PLAIN = /^[ -~]*$/;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A copy in which every string, however deep, is one line of visible characters; what is not visible is
 * written as an escape (`\x1b`). Events, answers of backends and manifests are other people's text: each
 * renderer that writes plain text or XML takes the record through here once, before it looks at it.
 */
export function printable<T>(value: T): T;
export function printable(value: unknown): unknown {
  if (typeof value === 'string') return printableText(value);
  if (Array.isArray(value)) return value.map((one: unknown) => printable(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, printable(one)]));
}

/** Of one text. Most are plain ASCII, and that is told ten times as fast. */
export function printableText(text: string): string {
  return PLAIN.test(text) ? text : text.replaceAll(UNPRINTABLE, escapeOf);
}

function escapeOf(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}
