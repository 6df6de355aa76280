import { open, readFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

import { exclusively } from '../../base/exclusive.ts';
import { messageOf } from '../../base/errors.ts';
import { HISTORY_VERSION, historyEntrySchema, type HistoryEntry } from './history-entry.ts';

const NEWLINE = 0x0a;
/** An append takes milliseconds, and a lock that a crash left ends after 30 s: later than this, nobody lets go. */
const LOCKED_MS = 60_000;

/**
 * Adds a line to the history, and nothing is ever changed in it. One process at a time, by a lock; on the disk
 * before it returns. A line that a crash has left half-written stays as it is, on a line of its own.
 */
export async function appendHistory(file: string, entry: HistoryEntry): Promise<void> {
  const signal = AbortSignal.timeout(LOCKED_MS);
  await exclusively({ folder: path.dirname(file), onWait: () => {}, signal }, async () => {
    await using handle = await open(file, 'a+');
    const mended = (await endsWithLine(handle)) ? '' : '\n';
    await handle.appendFile(`${mended}${JSON.stringify(entry)}\n`);
    await handle.sync();
  });
}

/** True also of an empty file. */
async function endsWithLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === NEWLINE;
}

export interface History {
  /** In the order of time; what was merged stands for its parts. */
  entries: HistoryEntry[];
  /** Lines that could not be read, in words. */
  problems: string[];
}

/** Reads what can be read of it, and says what cannot. A file that is not there is an empty history. */
export async function readHistory(file: string): Promise<History> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const none = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { entries: [], problems: none ? [] : [`${file} cannot be read: ${messageOf(error)}`] };
  }
  return historyOf(text, file);
}

/** The same of the file's text. Pure. */
export function historyOf(text: string, file: string): History {
  const problems: string[] = [];
  const byId = new Map<string, HistoryEntry>();
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const isLast = index === lines.length - 1;
    const parsed = parse(line);
    // A run that was recorded twice is what it was at last.
    if (typeof parsed !== 'string') byId.set(parsed.id, parsed);
    else problems.push(`${file}:${index + 1}: ${isLast ? 'half-written, left out' : `${parsed}, left out`}`);
  }
  const parts = new Set([...byId.values()].flatMap(({ of = [] }) => of));
  const entries = [...byId.values()].filter(({ id }) => !parts.has(id));
  return { entries: entries.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)), problems };
}

/** The entry, or what is wrong. */
function parse(line: string): HistoryEntry | string {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return 'no JSON';
  }
  const parsed = historyEntrySchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return issue?.path[0] === 'version' ? `not of version "${HISTORY_VERSION}"` : 'no record of a run';
}
