import { readFile } from 'node:fs/promises';
import path from 'node:path';

import writeFileAtomic from 'write-file-atomic';

import { EXIT, UsageError } from '../../base/errors.ts';
import { PROJECT_ROOT } from '../../base/folders.ts';
import { writeOutput } from '../../base/output.ts';
import { comparisonTable } from '../../reports/profile/comparison-table.ts';
import { conformanceYaml, readPublished } from '../../reports/profile/conformance-file.ts';
import { conformanceOf } from '../../reports/profile/conformance.ts';
import { between } from '../../reports/profile/markdown-table.ts';
import { profileTable } from '../../reports/profile/profile-table.ts';
import { loadProfile } from '../../reports/profile/profile.ts';
import { implementationName } from '../../reports/record/implementation-name.ts';
import { readRunRecord } from '../../reports/record-file.ts';
import type { CommandContext } from '../context.ts';
import { runFile } from '../run-file.ts';

export interface ConformanceFlags {
  output?: string;
  reports: string;
}

/** Makes the conformance report of the runs that are named, or of the newest. @throws UsageError `DUALVIP_CONFORMANCE_MIXED` */
export async function conformance(
  given: readonly string[],
  flags: ConformanceFlags,
  { print }: Pick<CommandContext, 'print'>,
): Promise<number> {
  const named = given.length > 0 ? given : ['latest'];
  const records = await Promise.all(
    named.map(async (run) => readRunRecord(await runFile(run, flags.reports))),
  );
  const names = [...new Set(records.map(({ implementation }) => implementationName(implementation)))];
  if (names.length > 1) {
    throw new UsageError('DUALVIP_CONFORMANCE_MIXED', `these are runs of ${names.join(' and ')}`, {
      hint: 'A report is about one implementation, version and mode: call it once for each.',
    });
  }
  const report = conformanceOf(await loadProfile(), once(records));
  const yaml = conformanceYaml(report);
  if (flags.output === undefined) print(yaml.trimEnd());
  else {
    await writeOutput(flags.output, yaml);
    print(`${report.result}: ${report.summary}`);
    const runs = report.runs.map(({ id, topology }) => `${id} (${topology})`);
    print(`made of ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}: ${runs.join(', ')}`);
    for (const { scenario, claims } of report.unclaimedButPasses ?? []) {
      print(`declared unsupported, and passes: ${scenario} (${claims.join(', ')})`);
    }
    for (const { scenario, summary } of report.deviationGone ?? []) {
      print(`known to deviate, and passes: ${scenario} (${summary})`);
    }
    print(flags.output);
  }
  return EXIT.ok;
}

/** `latest` and its id are one run. */
function once<T extends { id: string }>(records: readonly T[]): T[] {
  return [...new Map(records.map((record) => [record.id, record])).values()];
}

/** A document and the generated part of it. */
export interface Generated {
  /** Relative to the checkout. */
  file: string;
  name: string;
  text: string;
}

/** What is written into documents: the comparison of the published reports, and the profile. */
export async function generatedTables(): Promise<Generated[]> {
  const [profile, reports] = await Promise.all([loadProfile(), readPublished()]);
  const failovers = profile.features.find(({ name }) => name === 'failover')?.scenarios;
  return [
    { file: 'README.md', name: 'conformance-table', text: comparisonTable(reports, new Set(failovers)) },
    { file: 'docs/conformance.md', name: 'profile-table', text: profileTable(profile) },
  ];
}

/** Writes the tables where they stand. @throws UsageError `DUALVIP_TABLE_MARKS` where a document has no place for it */
export async function conformanceTable(
  { check }: { check: boolean },
  { print }: Pick<CommandContext, 'print'>,
): Promise<number> {
  let exitCode: number = EXIT.ok;
  for (const { file, name, text } of await generatedTables()) {
    const document = path.join(PROJECT_ROOT, file);
    const before = await readFile(document, 'utf8');
    const after = between(name, before, text);
    if (after === undefined) {
      throw new UsageError('DUALVIP_TABLE_MARKS', `${file} has no place for the table`, {
        hint: `Put <!-- ${name}:begin --> and <!-- ${name}:end --> where it shall stand.`,
      });
    }
    if (after === before) print(`${file} is current`);
    else if (check) {
      print(`${file} is not current: dualvip conformance table`);
      exitCode = EXIT.verdict;
    } else {
      await writeFileAtomic(document, after);
      print(`${file} is written`);
    }
  }
  return exitCode;
}
