import { open, realpath } from 'node:fs/promises';
import path from 'node:path';

import pMap from 'p-map';

import type { RunRecord } from '../record/record.ts';
import { shareOf, type EvidenceFile } from './evidence.ts';

const AT_ONCE = 32;

/**
 * The evidence files of a run, by their names in the record. A file that is not there, or that is not inside the
 * run's folder, is left out: a record may be another's, and names what it likes.
 */
export async function readEvidence(
  folder: string,
  { scenarios }: RunRecord,
): Promise<Map<string, EvidenceFile>> {
  const root = await realpath(folder);
  const names = [...new Set(scenarios.flatMap(({ evidence }) => evidence))];
  const files = await pMap(names, (name) => readFile(root, name).catch(() => undefined), {
    concurrency: AT_ONCE,
  });
  return new Map(
    names.flatMap((name, index) => {
      const file = files[index];
      return file ? [[name, file] as const] : [];
    }),
  );
}

async function readFile(root: string, name: string): Promise<EvidenceFile | undefined> {
  const file = await realpath(path.resolve(root, name));
  if (!file.startsWith(root + path.sep)) return undefined;
  await using handle = await open(file);
  const stat = await handle.stat();
  if (!stat.isFile()) return undefined;
  const share = shareOf(name);
  if (!share) return { bytes: stat.size };
  const length = Math.min(share.bytes, stat.size);
  const position = share.of === 'begin' ? 0 : stat.size - length;
  const content = new Uint8Array(length);
  const { bytesRead } = await handle.read(content, { position });
  return { bytes: stat.size, part: { content: content.subarray(0, bytesRead), of: share.of } };
}
