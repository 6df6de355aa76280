/**
 * Text of others in GitHub Flavored Markdown (https://github.github.com/gfm/): nothing in it may end its block,
 * become HTML, or mention anybody.
 */

/** A fenced code block. The fence is longer than any run of backticks in the text (GFM 4.5). */
export function fenced(language: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text.replace(/\n+$/, '')}\n${fence}`;
}

/** A code span. Its delimiters are longer than any run of backticks in the text (GFM 6.3). */
export function codeSpan(text: string): string {
  const delimiter = '`'.repeat(longestRun(text) + 1);
  // One space on each side is taken away again; without it a backtick at the edge would join the delimiter.
  const space = text.includes('`') ? ' ' : '';
  return `${delimiter}${space}${text}${space}${delimiter}`;
}

/** A line of prose: what would be Markdown or HTML is shown as it is written (GFM 6.1). */
export function prose(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~&!@]/g, String.raw`\$&`);
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
