import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { HarnessError, messageOf, UsageError } from '../base/errors.ts';
import { writeJson } from '../base/json-file.ts';
import { RECORD_VERSION, runRecordSchema, type RunRecord } from './record/record.ts';
import { migrated, READABLE_VERSIONS } from './record/versions.ts';

export const RECORD_FILE = 'run.json';
/** In its place while the run goes on, and for good where it is killed: what run it is, without its scenarios. */
export const UNFINISHED_FILE = 'unfinished.json';
/** A folder beside the record, with what the cluster was made of. */
export const CLUSTER_FILES = 'cluster';
export const REPORT_FILE = 'report.html';

/** Writes run.json into a run's folder, which is made when it is not there: whole, or not there at all. */
export async function writeRunRecord(folder: string, record: RunRecord): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeJson(path.join(folder, RECORD_FILE), scenariosLast(record), { space: 2 });
  await rm(path.join(folder, UNFINISHED_FILE), { force: true });
}

/** What is left of a file that breaks off, on its way elsewhere, says which run it was. */
export function scenariosLast({ scenarios, ...head }: RunRecord): RunRecord {
  return { ...head, scenarios };
}

/** Writes what is known of a run before its first scenario: each of those then has a record of its own. */
export async function writeUnfinished(folder: string, record: RunRecord): Promise<void> {
  await writeJson(path.join(folder, UNFINISHED_FILE), { ...record, scenarios: [] }, { space: 2 });
}

/**
 * Reads a run record back, also one of an older version.
 * @throws UsageError `DUALVIP_RECORD_NOT_FOUND` when the file cannot be read; HarnessError
 *   `DUALVIP_RECORD_VERSION` for a record of a version that is not known, `DUALVIP_RECORD_INVALID` for what is none
 */
export async function readRunRecord(file: string): Promise<RunRecord> {
  const data = migrated(parseJson(file, await readRecordText(file)));
  const head = headSchema.safeParse(data);
  if (head.success && head.data.version !== RECORD_VERSION) throw otherVersion(file, head.data);
  const parsed = runRecordSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue && issue.path.length > 0 ? `${z.core.toDotPath(issue.path)}: ` : '';
  throw invalid(file, `${place}${issue?.message}`, parsed.error);
}

/** What every version of the record has. */
const headSchema = z.object({
  version: z.string(),
  harness: z.object({ version: z.string() }).optional().catch(undefined),
});

/** @throws UsageError `DUALVIP_RECORD_NOT_FOUND` */
export async function readRecordText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError('DUALVIP_RECORD_NOT_FOUND', `${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
      hint: `A run writes its record to reports/runs/<id>/${RECORD_FILE}; reports/runs/latest is the newest.`,
    });
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(file, messageOf(error), error);
  }
}

function invalid(file: string, problem: string, cause: unknown): HarnessError {
  return new HarnessError('DUALVIP_RECORD_INVALID', `${file} is not a run record: ${problem}`, {
    cause,
    hint: '`dualvip report` saves what can be saved of it; docs/schemas/run.schema.json says what a record has.',
  });
}

function otherVersion(file: string, { version, harness }: z.infer<typeof headSchema>): HarnessError {
  const writer = harness ? `dualvip ${harness.version}` : 'the dualvip';
  return new HarnessError(
    'DUALVIP_RECORD_VERSION',
    `${file} is a record of version "${version}", and this dualvip reads ${READABLE_VERSIONS.map((one) => `"${one}"`).join(' and ')}`,
    { hint: `Read it with ${writer} that wrote it, or run the scenarios again.` },
  );
}

/**
 * Makes `latest` in the folder of all runs a link to the run `id`, in one step: a reader sees the run before
 * or this one, and never none.
 * @throws HarnessError `DUALVIP_LATEST_NOT_A_LINK` when somebody put a file or a folder in its place
 */
export async function updateLatest(runsFolder: string, id: string): Promise<void> {
  const latest = path.join(runsFolder, 'latest');
  const before = await lstat(latest).catch(() => undefined);
  if (before && !before.isSymbolicLink()) {
    throw new HarnessError(
      'DUALVIP_LATEST_NOT_A_LINK',
      `${latest} is a ${before.isDirectory() ? 'folder' : 'file'}, and not the link to the newest run`,
      { hint: 'Move it away; the next run makes the link.' },
    );
  }
  // A link cannot be changed in place: one of another name is renamed over it, which is atomic (rename(2)).
  const next = path.join(runsFolder, `.latest-${randomUUID()}`);
  await symlink(id, next);
  try {
    await rename(next, latest);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}
