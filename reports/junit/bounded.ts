/**
 * As much of a text as every reader takes: libxml2, which many CI systems read XML with, refuses 10 MB in one piece.
 * Its begin and its end, and in between how much is left out.
 */
export function bounded(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  const left = text.length - 2 * half;
  const note = `[${left} characters are left out here; run.json has them]`;
  // A cut may go through a character of two halves.
  return `${text.slice(0, half).toWellFormed()}\n${note}\n${text.slice(-half).toWellFormed()}`;
}
