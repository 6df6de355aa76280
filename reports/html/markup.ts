/** Markup that is ready to be written: what came from elsewhere is escaped in it. Made by `markup` alone. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: nothing is written for undefined and false. */
export type Part = Markup | string | number | undefined | false | readonly Part[];

/**
 * A template of HTML or SVG. Every value is escaped, unless it is markup itself; values stand in text or in an
 * attribute's double quotes, and nowhere else (not in a script, a style or a tag's name).
 */
export function markup(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = template[0] ?? '';
  for (const [index, part] of parts.entries()) text += written(part) + (template[index + 1] ?? '');
  return new Markup(text);
}

/** Text of this project's own that is written as it is: the style sheet and the script. */
export function verbatim(text: string): Markup {
  return new Markup(text);
}

function written(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  if (part === undefined || part === false) return '';
  return part.map(written).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
