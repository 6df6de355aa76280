import { randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';

import { jsonPieces } from './json-text.ts';

/** So many characters are written at once. */
const CHUNK = 65_536;

/**
 * Writes a value as JSON, with a newline at its end: whole, or not at all. As it comes, since the text of a run of
 * a thousand Services would take more memory than the run. @throws what node:fs does
 */
export async function writeJson(file: string, value: unknown, { space = 0 } = {}): Promise<void> {
  const next = `${file}.${randomUUID()}`;
  try {
    await using handle = await open(next, 'wx');
    await writePieces(handle, jsonPieces(value, space));
    await handle.sync();
    await rename(next, file);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}

async function writePieces(handle: FileHandle, pieces: Iterable<string>): Promise<void> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < CHUNK) continue;
    await handle.appendFile(text);
    text = '';
  }
  await handle.appendFile(`${text}\n`);
}
