import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { HarnessError, UsageError } from '../../base/errors.ts';
import { checkBgp, checkPools, checkRangesUsed, checkSteps, type Parts, type Report } from './cross-check.ts';
import { checkFiles, checkTemplates } from './manifest-check.ts';
import { scenarioInvalid, type Problem } from './problem.ts';
import { scenarioSchema, stepSchema, toStep, type Scenario } from './schema.ts';
import { misspeltKeys, schemaProblems } from './schema-problems.ts';
import { checkNamedObjects } from './service-check.ts';
import { displayPath, parseYaml } from './yaml-source.ts';

const HEADER_KEYS = Object.keys(scenarioSchema.shape);

type Read = { scenario: Scenario } | { problems: Problem[] };

/**
 * Reads one scenario: `<folder>/scenario.yaml` and `<folder>/manifests/*.yaml`.
 * @throws UsageError `DUALVIP_SCENARIO_INVALID` that names every problem with file, line and column
 */
export async function loadScenario(folder: string): Promise<Scenario> {
  const read = await readScenario(path.resolve(folder));
  if ('problems' in read) throw scenarioInvalid(read.problems);
  return read.scenario;
}

/**
 * Reads every scenario of a folder, sorted by id as people sort (c2 before c10).
 * @throws UsageError `DUALVIP_SCENARIO_INVALID` with the problems of all of them, or
 *   `DUALVIP_SCENARIO_NONE` where there is none
 */
export async function loadScenarios(root: string): Promise<Scenario[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const folders = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => path.resolve(root, name));
  if (folders.length === 0) {
    throw new UsageError('DUALVIP_SCENARIO_NONE', `${displayPath(path.resolve(root))}: no scenario is here`, {
      hint: 'A scenario is a folder with a scenario.yaml; docs/scenarios.md tells how to write one.',
    });
  }
  const reads = await Promise.all(folders.map(readScenario));
  const problems = reads.flatMap((read) => ('problems' in read ? read.problems : []));
  if (problems.length > 0) throw scenarioInvalid(problems);
  return reads
    .flatMap((read) => ('scenario' in read ? [read.scenario] : []))
    .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
}

async function readScenario(folder: string): Promise<Read> {
  const file = path.join(folder, 'scenario.yaml');
  const text = await readText(file);
  if (text === undefined) {
    const message = 'no such file; a scenario is a folder with a scenario.yaml';
    return { problems: [{ file: displayPath(file), line: 1, column: 1, path: '', message }] };
  }
  const source = parseYaml(file, text);
  if (source.problems.length > 0) return { problems: source.problems };

  const parsed = scenarioSchema.safeParse(source.data);
  const problems = parsed.success ? [] : schemaProblems(scenarioSchema, parsed.error.issues, source);
  const report: Report = (at, message) => problems.push(source.problem(at, message));
  const parts = validParts(source.data);
  const manifests = await readManifests(path.join(folder, 'manifests'));

  checkHeader(source.data, folder, report);
  checkSteps(parts, report);
  checkPools(parts, report);
  checkBgp(parts, report);
  const checked = { parts, manifests, folder, source };
  problems.push(...checkFiles(checked));
  if (parts.ranges) {
    const templates = checkTemplates({ ...checked, ranges: parts.ranges });
    problems.push(...templates.problems);
    checkNamedObjects(parts.steps, templates.objects, report);
    checkRangesUsed(parts, templates.rangesUsed, report);
  }
  if (!parsed.success || problems.length > 0) return { problems };
  const steps = parsed.data.steps.map((fields, index) => toStep(fields, index + 1));
  return { scenario: { ...parsed.data, folder, manifests, steps } };
}

/** What can be cross-checked although something else in the file is wrong. */
function validParts(data: unknown): Parts {
  const raw: Record<string, unknown> = typeof data === 'object' && data !== null ? { ...data } : {};
  // No valid value rather than the default: what hangs together with it is not wrong.
  for (const key of misspeltKeys(raw, HEADER_KEYS)) raw[key] = null;
  const { ranges, pools, advertise, features } = scenarioSchema.shape;
  const steps: unknown[] = Array.isArray(raw['steps']) ? raw['steps'] : [undefined];
  return {
    ranges: ranges.safeParse(raw['ranges']).data,
    pools: pools.safeParse(raw['pools']).data,
    advertise: advertise.safeParse(raw['advertise']).data,
    shared: raw['shared'] === true,
    features: features.safeParse(raw['features']).data,
    bgp: raw['bgp'] !== undefined,
    steps: steps.map((step, index) => {
      const fields = stepSchema.safeParse(step).data;
      return fields && toStep(fields, index + 1);
    }),
  };
}

function checkHeader(data: unknown, folder: string, report: Report): void {
  if (typeof data !== 'object' || data === null) return;
  const name = path.basename(folder);
  if ('id' in data && typeof data.id === 'string' && data.id !== name) {
    report(['id'], `the id is the name of the folder, "${name}"`);
  }
  const isSaid = 'advertise' in data || misspeltKeys(data, HEADER_KEYS).has('advertise');
  if ('pools' in data && !isSaid) {
    report(
      ['pools'],
      'say which pools are advertised: `advertise: [{name, pools}]`, or `advertise: []` for none',
    );
  }
}

async function readManifests(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder).catch(() => []);
  const names = entries.filter((name) => /\.ya?ml$/.test(name)).sort();
  const texts: Record<string, string> = {};
  for (const name of names) texts[name] = (await readText(path.join(folder, name))) ?? '';
  return texts;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new HarnessError('DUALVIP_SCENARIO_UNREADABLE', `${displayPath(file)} cannot be read`, {
      hint: 'Check the permissions of the file.',
      cause: error,
    });
  }
}
