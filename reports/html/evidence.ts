/** A file beside the record, as far as it was read. */
export interface EvidenceFile {
  /** Of the whole file. */
  bytes: number;
  /** What was read of it: nothing where it is linked only. */
  part?: { content: Uint8Array; of: 'begin' | 'end' };
}

/** How much of a file is read, and from which end. */
export interface Share {
  bytes: number;
  of: 'begin' | 'end';
}

const SHARES: readonly [pattern: RegExp, share: Share][] = [
  [/\/applied\/[^/]+\.yaml$/, { bytes: 8 << 10, of: 'begin' }],
  [/\/probe\/neighbours\.json$/, { bytes: 256 << 10, of: 'begin' }],
  [/\/nodes\/[^/]+\.txt$/, { bytes: 256 << 10, of: 'begin' }],
  // A log was taken when the scenario ended: what is about it is at the end.
  [/\.log$/, { bytes: 512 << 10, of: 'end' }],
];

/** What is read of a file; undefined where the page links to it only. */
export function shareOf(file: string): Share | undefined {
  return SHARES.find(([pattern]) => pattern.test(file))?.[1];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The lines of a file that anybody may have written. A line that is not UTF-8 is read byte by byte, and what is
 * no ASCII in it written as `\xff`. Of a part, the line that it cuts is left out.
 */
export function linesOf({ content, of }: NonNullable<EvidenceFile['part']>, isCut: boolean): string[] {
  const lines: string[] = [];
  for (let from = 0; from < content.length;) {
    const newline = content.indexOf(0x0a, from);
    const to = newline === -1 ? content.length : newline;
    lines.push(decoded(content.subarray(from, to)));
    from = to + 1;
  }
  if (!isCut || lines.length < 2) return lines;
  return of === 'begin' ? lines.slice(0, -1) : lines.slice(1);
}

function decoded(line: Uint8Array): string {
  try {
    return utf8.decode(line);
  } catch {
    return Array.from(line, (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
    ).join('');
  }
}
