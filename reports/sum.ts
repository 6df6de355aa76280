import { formatMs } from '../base/clock.ts';
import { EXPECTED_VERDICTS, type RunRecord, type ScenarioRecord, type Verdict } from './record/record.ts';

/** The scenarios that are not as known. */
export function newsOf({ scenarios }: Pick<RunRecord, 'scenarios'>): ScenarioRecord[] {
  return scenarios.filter(({ verdict }) => !EXPECTED_VERDICTS.has(verdict.pair));
}

/** Red, and yet nothing is said of the implementation. */
const UNJUDGED: ReadonlySet<Verdict> = new Set<Verdict>(['inconclusive', 'error']);

export function isUnjudged(verdict: Verdict): boolean {
  return UNJUDGED.has(verdict);
}

export interface NewsCounts {
  differing: number;
  unjudged: number;
}

export function newsCounts(scenarios: readonly ScenarioRecord[]): NewsCounts {
  const news = newsOf({ scenarios: [...scenarios] });
  const unjudged = news.filter(({ verdict }) => isUnjudged(verdict.pair)).length;
  return { differing: news.length - unjudged, unjudged };
}

/**
 * `nothing differs from what is known`, or how many do; what could not be judged is told apart. `of` stands after
 * "known", `among` after the number.
 */
export function newsCountText(
  { differing, unjudged }: NewsCounts,
  { of = '', among = '' }: { of?: string; among?: string } = {},
): string {
  const known = `from what is known${of}`;
  const open = `${unjudged}${differing === 0 ? among : ''} could not be judged`;
  if (differing === 0) {
    return unjudged === 0 ? `nothing differs ${known}` : `${open}, and nothing else differs ${known}`;
  }
  const differ = `${differing}${among} ${differing === 1 ? 'differs' : 'differ'} ${known}`;
  return unjudged === 0 ? differ : `${differ}, and ${open}`;
}

/** `nothing differs from what is known of metallb 0.16.1 (native)`, or how many do. */
export function newsText({ scenarios, implementation }: RunRecord): string {
  const { name, version, mode } = implementation;
  return newsCountText(newsCounts(scenarios), { of: ` of ${name} ${version} (${mode})` });
}

/** A whole run in a sentence. */
export function sumOf(record: RunRecord): string {
  const count = record.scenarios.length;
  const scenarios = `${count} ${count === 1 ? 'scenario' : 'scenarios'}`;
  return `${scenarios} in ${formatMs(record.durationMs)}: ${newsText(record)}.`;
}
