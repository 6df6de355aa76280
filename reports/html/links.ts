import { markup, type Markup } from './markup.ts';

/** A link where it leads to the web, and else the text: a record may be another's, and say `javascript:`. */
export function webLink(address: string): Markup {
  return /^https?:\/\//i.test(address)
    ? markup`<a href="${address}" rel="noreferrer">${address}</a>`
    : markup`${address}`;
}

/** The address of a file in a run's folder, relative to the page; undefined for one that would lead out of it. */
export function fileAddress(folder: string, file: string): string | undefined {
  const parts = file.split(/[\\/]/);
  if (file.startsWith('/') || parts.some((part) => part === '..' || part === '')) return undefined;
  const all = [...folder.split('/').filter((part) => part !== ''), ...parts];
  return `./${all.map(encodeURIComponent).join('/')}`;
}

/** An id for every text, unique on the page. Links to it are the same as long as its text is the only one. */
export class Anchors {
  readonly #taken = new Set<string>();

  of(text: string): string {
    const base = text.replaceAll(/[^\w.-]/g, '_') || '_';
    let id = base;
    for (let count = 2; this.#taken.has(id); count += 1) id = `${base}~${count}`;
    this.#taken.add(id);
    return id;
  }
}
