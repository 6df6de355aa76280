/** A file of a bundle. */
export interface BundleFile {
  /** Relative to the bundle, with `/`. */
  name: string;
  content: string | Uint8Array;
}

export interface Bounds {
  /** Bytes of one text; its middle goes. */
  text: number;
  /** Bytes of one file that is no text; it goes as a whole. */
  binary: number;
  /** Bytes of all evidence; the largest go. */
  all: number;
}

/** What goes through most mail systems and issue trackers, once it is packed. */
export const BOUNDS: Bounds = { text: 512 * 1024, binary: 4 * 1024 * 1024, all: 16 * 1024 * 1024 };

export interface Bounded {
  files: BundleFile[];
  /** What was left out, and why, for the reader. */
  left: string[];
}

/** Evidence within bounds: the same files always give the same choice. */
export function bounded(files: readonly BundleFile[], bounds: Bounds = BOUNDS): Bounded {
  const left: string[] = [];
  const shortened = files.flatMap((file): BundleFile[] => {
    const size = sizeOf(file);
    if (typeof file.content === 'string') {
      if (size <= bounds.text) return [file];
      left.push(`the middle of ${file.name}, which has ${size} bytes`);
      return [{ ...file, content: withoutMiddle(file.content, bounds.text) }];
    }
    if (size <= bounds.binary) return [file];
    left.push(`${file.name}, which has ${size} bytes`);
    return [];
  });
  let sum = shortened.reduce((total, file) => total + sizeOf(file), 0);
  const gone = new Set<BundleFile>();
  for (const file of shortened.toSorted((a, b) => sizeOf(b) - sizeOf(a))) {
    if (sum <= bounds.all) break;
    sum -= sizeOf(file);
    gone.add(file);
    left.push(`${file.name}, which has ${sizeOf(file)} bytes: all together had too many`);
  }
  return { files: shortened.filter((file) => !gone.has(file)), left };
}

function sizeOf({ content }: BundleFile): number {
  return typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
}

/** A quarter of its begin, and the rest of its end: what went wrong stands there. */
function withoutMiddle(text: string, most: number): string {
  const bytes = Buffer.from(text);
  const head = bytes.subarray(0, Math.floor(most / 4)).toString();
  const tail = bytes.subarray(bytes.length - Math.floor((most * 3) / 4)).toString();
  // Whole lines: a half one reads as another fact, and a half character as none.
  const [whole, rest] = [head.slice(0, head.lastIndexOf('\n') + 1), tail.slice(tail.indexOf('\n') + 1)];
  return `${whole}[... ${bytes.length - Buffer.byteLength(whole) - Buffer.byteLength(rest)} bytes were left out here ...]\n${rest}`;
}
