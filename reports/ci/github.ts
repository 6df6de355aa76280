import { randomUUID } from 'node:crypto';
import { appendFile, stat } from 'node:fs/promises';

import type { RunRecord } from '../record/record.ts';
import { annotations, withoutCommands } from './annotations.ts';
import { scenarioPlaces } from './scenario-places.ts';
import { fitting, renderSummary } from './summary.ts';

/** GitHub refuses a summary that is larger, all of it. */
const SUMMARY_BYTES = 1024 * 1024;

export interface GithubOptions {
  environment: NodeJS.ProcessEnv;
  print: (text: string) => void;
  /** Where the scenarios are. */
  scenariosFolder: string;
}

export function isGithub(environment: NodeJS.ProcessEnv): boolean {
  return environment['GITHUB_ACTIONS'] === 'true';
}

/** As it is, but on GitHub Actions so that nothing in it is taken for a command. */
export function inert(text: string, environment: NodeJS.ProcessEnv): string {
  return isGithub(environment) ? withoutCommands(text, randomUUID()) : text;
}

/** Where the run was made by GitHub Actions: annotations at the scenarios, and the step's summary. */
export async function tellGithub(record: RunRecord, options: GithubOptions): Promise<void> {
  const { environment, print, scenariosFolder } = options;
  if (!isGithub(environment)) return;
  const root = environment['GITHUB_WORKSPACE'] || process.cwd();
  const ids = record.scenarios.map(({ id }) => id);
  for (const line of annotations(record, await scenarioPlaces(ids, { folder: scenariosFolder, root }))) {
    print(line);
  }
  const file = environment['GITHUB_STEP_SUMMARY'];
  if (!file) return;
  const used = (await stat(file).catch(() => undefined))?.size ?? 0;
  const rest = '_There is more than a summary may hold: summary.md beside the run’s record has all of it._\n';
  const left = SUMMARY_BYTES - used;
  if (left > Buffer.byteLength(rest)) await appendFile(file, fitting(renderSummary(record), left, rest));
}
