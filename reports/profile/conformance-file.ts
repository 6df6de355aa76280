import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { parseDocument, stringify } from 'yaml';
import { z } from 'zod';

import { HarnessError, messageOf, UsageError } from '../../base/errors.ts';
import { PROJECT_ROOT } from '../../base/folders.ts';
import { implementationName } from '../record/implementation-name.ts';
import { printable } from '../printable.ts';
import { conformanceReportSchema, type ConformanceReport } from './conformance-report.ts';

/** Where the results of real, complete runs are published. */
export const PUBLISHED_FOLDER = path.join(PROJECT_ROOT, 'reports', 'conformance');

const HEAD = '# Made by `dualvip conformance`; docs/conformance.md says what the words mean.\n';

/** The report as YAML; what is not visible of others' text is written as escapes. */
export function conformanceYaml(report: ConformanceReport): string {
  return `${HEAD}${stringify(printable(report), { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false })}`;
}

/** `metallb-0.16.1.yaml`, `metallb-0.16.1-frr.yaml` */
export function conformanceFileName({ implementation }: ConformanceReport): string {
  return `${implementationName(implementation).replaceAll(/[@/]/g, '-')}.yaml`;
}

/**
 * Reads a conformance report back.
 * @throws UsageError `DUALVIP_CONFORMANCE_NOT_FOUND` when the file cannot be read; HarnessError
 *   `DUALVIP_CONFORMANCE_INVALID` for what is none
 */
export async function readConformance(file: string): Promise<ConformanceReport> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError('DUALVIP_CONFORMANCE_NOT_FOUND', `${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
      hint: 'dualvip conformance RUN -o FILE makes one of a run.',
    });
  }
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake) throw invalid(file, mistake.message.split('\n')[0] ?? mistake.message, mistake);
  const parsed = conformanceReportSchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue && issue.path.length > 0 ? `${z.core.toDotPath(issue.path)}: ` : '';
  throw invalid(file, `${place}${issue?.message}`, parsed.error);
}

function invalid(file: string, problem: string, cause: unknown): HarnessError {
  return new HarnessError('DUALVIP_CONFORMANCE_INVALID', `${file} is no conformance report: ${problem}`, {
    cause,
    hint: 'Make it again; docs/schemas/conformance.schema.json says what it has.',
  });
}

/** All that are published, by implementation and version, oldest first. */
export async function readPublished(folder = PUBLISHED_FOLDER): Promise<ConformanceReport[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.yaml'));
  const reports = await Promise.all(names.map((name) => readConformance(path.join(folder, name))));
  return reports.toSorted((a, b) => order(a).localeCompare(order(b), 'en', { numeric: true }));
}

/** MetalLB's versions, then their other modes, then others. */
function order({ implementation: { name, version, mode } }: ConformanceReport): string {
  return `${name === 'metallb' ? 0 : 1} ${name} ${version} ${mode === 'native' ? 0 : 1} ${mode}`;
}
