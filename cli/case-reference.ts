import { mkdtempDisposable, readdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { UsageError } from '../base/errors.ts';
import { didYouMean } from '../harness/scenario/problem.ts';
import { EXPECTED_VERDICTS, type RunRecord, type ScenarioRecord } from '../reports/record/record.ts';
import { readRunRecord, RECORD_FILE } from '../reports/record-file.ts';
import { notBundle, unpackArchive } from './archive.ts';
import { findRunFile, isFile } from './run-file.ts';

/** A case of a run that was recorded. Disposing removes what was unpacked for it. */
export interface RecordedCase extends AsyncDisposable {
  run: RunRecord;
  scenario: ScenarioRecord;
  /** The run's folder, or that of an unpacked bundle, which looks the same. */
  folder: string;
}

/** `RUN#CASE`, in its parts; without `#`, the case is the only one of the run. */
export function splitReference(text: string): { run: string; scenario: string | undefined } {
  const at = text.lastIndexOf('#');
  if (at === -1) return { run: text, scenario: undefined };
  return { run: text.slice(0, at), scenario: text.slice(at + 1) };
}

/**
 * Reads the case that a reference names: its run is a run.json, a folder, an id, `latest`, or a bundle (.tar.gz).
 * @throws UsageError `DUALVIP_RECORD_NOT_FOUND`, `DUALVIP_CASE_UNKNOWN`, `DUALVIP_CASE_UNNAMED`
 */
export async function readCase(reference: string, reports: string): Promise<RecordedCase> {
  const { run: given, scenario: id } = splitReference(reference);
  await using resources = new AsyncDisposableStack();
  let folder: string;
  if (/\.(tar\.gz|tgz)$/.test(given)) {
    const target = resources.use(await mkdtempDisposable(path.join(tmpdir(), 'dualvip-bundle-'))).path;
    await unpackArchive(given, target);
    folder = await bundleFolder(target, given);
  } else folder = await runFolder(given, reports);
  const run = await readRunRecord(path.join(folder, RECORD_FILE));
  const scenario = chooseCase(run, id, given);
  const owned = resources.move();
  return { run, scenario, folder, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The record of a run, by run.json, folder, id or `latest`. @throws UsageError `DUALVIP_RECORD_NOT_FOUND` */
export async function readRun(given: string, reports: string): Promise<RunRecord> {
  return readRunRecord(path.join(await runFolder(given, reports), RECORD_FILE));
}

/** An archive has one folder, in which all is. */
async function bundleFolder(target: string, given: string): Promise<string> {
  const [name, ...more] = await readdir(target);
  if (name !== undefined && more.length === 0 && (await isFile(path.join(target, name, RECORD_FILE)))) {
    return path.join(target, name);
  }
  throw notBundle(given, `it has no ${RECORD_FILE}`);
}

async function runFolder(given: string, reports: string): Promise<string> {
  const file = await findRunFile(given, reports);
  if (file !== undefined) return path.dirname(await realpath(file));
  throw new UsageError('DUALVIP_RECORD_NOT_FOUND', `there is no run ${given}`, {
    hint: `Name a run.json, a run's folder, a run of ${reports} (dualvip list runs), latest, or a bundle (.tar.gz); then # and the case.`,
  });
}

/** The one that is named, else the only one. */
export function chooseCase(run: RunRecord, id: string | undefined, given: string): ScenarioRecord {
  const { scenarios } = run;
  const ids = scenarios.map((one) => one.id);
  const [only, ...more] = scenarios;
  if (id === undefined && only && more.length === 0) return only;
  // The red ones are what somebody looks for.
  const red = scenarios.filter(({ verdict }) => !EXPECTED_VERDICTS.has(verdict.pair)).map((one) => one.id);
  const some = (red.length > 0 ? red : ids).slice(0, 10).map((one) => `${given}#${one}`);
  const hint = some.length > 0 ? `For instance ${some.join(', ')}.` : 'The run has no scenario.';
  if (id === undefined || id === '') {
    throw new UsageError('DUALVIP_CASE_UNNAMED', `${given} has ${ids.length} scenarios: say which one`, {
      hint,
    });
  }
  const found = scenarios.find((one) => one.id === id);
  if (found) return found;
  throw new UsageError(
    'DUALVIP_CASE_UNKNOWN',
    `run ${run.id} has no scenario "${id}"${didYouMean(id, ids)}`,
    {
      hint,
    },
  );
}
