import semver from 'semver';

import { EXIT, UsageError } from '../../base/errors.ts';
import { findImplementation, knownImplementations } from '../../clusters/implementations/registry.ts';
import { bisect as bisectVersions, type Bisection } from '../../harness/run/bisection.ts';
import { SCENARIOS_FOLDER } from '../../harness/run/plan.ts';
import { loadScenarios } from '../../harness/scenario/load.ts';
import { didYouMean } from '../../harness/scenario/problem.ts';
import { passRateText } from '../../reports/record/attempts.ts';
import { EXPECTED_VERDICTS, type ScenarioRecord } from '../../reports/record/record.ts';
import type { ClusterFlags } from '../cluster-options.ts';
import type { CommandContext } from '../context.ts';
import type { ScenarioFlags } from '../scenario-options.ts';
import { table } from '../table.ts';
import { makeRunId } from '../asked-run.ts';
import { recordRun } from './run.ts';

export interface BisectFlags
  extends Omit<ClusterFlags, 'implementation'>, Pick<ScenarioFlags, 'scenarios' | 'reports'> {
  /** A name, and a mode where it is not the first. */
  implementation: string;
  good: string;
  bad: string;
  repeat: number;
}

/** Finds the version from which on a scenario comes out otherwise, between one where it is good and one where not. */
export async function bisect(id: string, flags: BisectFlags, context: CommandContext): Promise<number> {
  const { progress, print } = context;
  const [name = '', mode] = flags.implementation.split('/');
  const versions = await versionsBetween(name, flags);
  await checkScenario(id, flags.scenarios);
  const records = new Map<string, ScenarioRecord>();
  const failures = new Map<string, string>();
  const result = await bisectVersions({
    versions,
    async isGood(version) {
      const implementation = `${name}@${version}${mode === undefined ? '' : `/${mode}`}`;
      progress.note(`${id} with ${implementation}`);
      try {
        const run = await recordRun(
          {
            ...flags,
            implementation,
            all: false,
            // As the name of the only one that is meant: an id may be the begin of another's.
            testNamePattern: `(^| )${id}: `,
          },
          context,
          { runId: makeRunId(new Date()) },
        );
        context.signal.throwIfAborted();
        const [record] = run.scenarios;
        if (record) records.set(version, record);
        return record && asClaimed(record);
      } catch (error) {
        context.signal.throwIfAborted();
        if (error instanceof UsageError) throw error;
        failures.set(version, error instanceof Error ? error.message : String(error));
        return undefined;
      }
    },
  });
  print(rowText(versions, { result, records, failures }));
  print(resultText(id, { versions, result }));
  return result.first === undefined ? EXIT.verdict : EXIT.ok;
}

/** @throws UsageError `DUALVIP_CASE_UNKNOWN`, before minutes go into a cluster */
export async function checkScenario(id: string, folder = SCENARIOS_FOLDER): Promise<void> {
  const ids = (await loadScenarios(folder)).map((one) => one.id);
  if (ids.includes(id)) return;
  throw new UsageError('DUALVIP_CASE_UNKNOWN', `there is no scenario "${id}"${didYouMean(id, ids)}`, {
    hint: 'dualvip list scenarios shows what there is.',
  });
}

/**
 * Whether all is as claimed, whatever is known of the version: a change that is known is one as well. undefined
 * where the harness or the network failed, or only some attempts were so.
 */
function asClaimed({ verdict: { pair }, checks }: ScenarioRecord): boolean | undefined {
  if (pair === 'pass' || pair === 'unexpected-pass') return true;
  if (pair === 'fail' || pair === 'expected-fail') return false;
  return pair === 'flaky' && checks.some(({ ok }) => !ok) ? false : undefined;
}

/**
 * From the good one to the bad one, whichever is newer.
 * @throws UsageError `DUALVIP_VERSION_UNKNOWN`, `DUALVIP_VERSIONS_SAME`
 */
export async function versionsBetween(
  name: string,
  { good, bad }: Pick<BisectFlags, 'good' | 'bad'>,
): Promise<string[]> {
  const all = (await knownImplementations())
    .filter((one) => one.startsWith(`${name}@`))
    .map((one) => one.slice(name.length + 1));
  // Tells of a name that is not known.
  if (all.length === 0) await findImplementation(name);
  const [from, to] = [good, bad].map((given) => given.replace(/^v/, ''));
  for (const one of [from, to]) {
    if (one === undefined || all.includes(one)) continue;
    throw new UsageError('DUALVIP_VERSION_UNKNOWN', `${name} ${one} cannot be had`, {
      hint: `There is: ${all.join(', ')}. A further version is a go.mod under clusters/images/source/modules/.`,
    });
  }
  if (from === undefined || to === undefined || from === to) {
    throw new UsageError('DUALVIP_VERSIONS_SAME', `--good ${good} --bad ${bad}: they are the same version`, {
      hint: 'Name one where the case is as it should be, and one where it is not.',
    });
  }
  const isUp = semver.lt(from, to);
  const [least, most] = isUp ? [from, to] : [to, from];
  const between = all.filter((one) => semver.gte(one, least) && semver.lte(one, most)).sort(semver.compare);
  return isUp ? between : between.toReversed();
}

interface Told {
  result: Bisection;
  records: ReadonlyMap<string, ScenarioRecord>;
  failures: ReadonlyMap<string, string>;
}

export function rowText(versions: readonly string[], { result, records, failures }: Told): string {
  const rows = versions.map((version) => {
    const record = records.get(version);
    if (!record) return [version, '', failures.get(version) ?? 'not looked at'];
    const isGood = result.seen.get(version);
    const mark = isGood === undefined ? '?' : isGood ? 'good' : 'bad';
    const { IPv4, IPv6, pair } = record.verdict;
    const known = EXPECTED_VERDICTS.has(pair) ? '' : ', not as known';
    const rate = passRateText(record);
    return [version, mark, `IPv4 ${IPv4}  IPv6 ${IPv6}  pair ${pair}${known}${rate ? `  ${rate}` : ''}`];
  });
  return table(['VERSION', '', 'WHAT CAME OUT'], rows);
}

export function resultText(
  id: string,
  { versions, result: { first, seen, unsure } }: { versions: readonly string[]; result: Bisection },
): string {
  const [good = '', bad = ''] = [versions.at(0), versions.at(-1)];
  if (first !== undefined) {
    const doubt = unsure.length === 0 ? '' : `, or ${unsure.join(' or ')}, of which nothing can be said`;
    const lastGood = versions.slice(0, versions.indexOf(first)).findLast((one) => seen.get(one) === true);
    return semver.lt(good, bad)
      ? `${id}: no longer good since ${first}${doubt}; ${lastGood} is the last that is good`
      : `${id}: good since ${lastGood}${doubt}; ${first} is the last that is not`;
  }
  if (seen.get(good) !== true)
    return `${id}: ${good} is not good: it is not as claimed there, or nothing can be said`;
  return `${id}: ${bad} is not bad: it is as claimed there, or nothing can be said`;
}
