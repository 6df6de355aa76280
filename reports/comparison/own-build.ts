import { implementationTitle } from '../record/implementation-name.ts';
import { SUBJECTS, type RunRecord, type ScenarioRecord, type Verdict } from '../record/record.ts';
import { compare } from './comparison.ts';

/** How near to what is claimed. The others say nothing of the implementation. */
const NEARNESS: Partial<Record<Verdict, number>> = {
  pass: 3,
  'unexpected-pass': 3,
  flaky: 2,
  'expected-fail': 1,
  fail: 0,
};

export interface VerdictChange {
  before: ScenarioRecord;
  after: ScenarioRecord;
}

export interface OwnBuildComparison {
  /** Further from what is claimed than the release. */
  worse: VerdictChange[];
  /** Nearer to it. */
  better: VerdictChange[];
  /** Another verdict, of which neither can be said: the harness or the network failed, or it was not run. */
  unsure: VerdictChange[];
  same: number;
  /** In one of the runs only. */
  alone: string[];
}

/** What the scenarios of a release and of a checkout came out as, by the verdicts of the families and the pair. */
export function compareBuilds(before: RunRecord, after: RunRecord): OwnBuildComparison {
  const comparison: OwnBuildComparison = { worse: [], better: [], unsure: [], same: 0, alone: [] };
  for (const now of after.scenarios) {
    const then = before.scenarios.find(({ id }) => id === now.id);
    if (!then) comparison.alone.push(now.id);
    else {
      const change = changeOf(then, now);
      if (change === 'same') comparison.same += 1;
      else comparison[change].push({ before: then, after: now });
    }
  }
  const ids = new Set(after.scenarios.map(({ id }) => id));
  comparison.alone.push(...before.scenarios.map(({ id }) => id).filter((id) => !ids.has(id)));
  return comparison;
}

function changeOf(before: ScenarioRecord, after: ScenarioRecord): 'same' | 'worse' | 'better' | 'unsure' {
  const differing = SUBJECTS.filter((subject) => before.verdict[subject] !== after.verdict[subject]);
  if (differing.length === 0) return 'same';
  const steps = differing.map((subject) => {
    const [was, is] = [NEARNESS[before.verdict[subject]], NEARNESS[after.verdict[subject]]];
    return was === undefined || is === undefined ? undefined : is - was;
  });
  if (steps.some((step) => step !== undefined && step < 0)) return 'worse';
  if (steps.every((step) => step !== undefined && step >= 0)) {
    // The same for the claim, and known for the one and not for the other.
    return steps.every((step) => step === 0) ? 'unsure' : 'better';
  }
  return 'unsure';
}

/** The comparison for a terminal: what is worse first. */
export function ownBuildText(before: RunRecord, after: RunRecord): string {
  const { worse, better, unsure, same, alone } = compareBuilds(before, after);
  const lines = (changes: readonly VerdictChange[]) =>
    changes.flatMap((change) => [`  ${verdictsText(change)}`, ...reasons(change, before, after)]);
  const [was, is] = [before, after].map(({ implementation }) => implementationTitle(implementation));
  const rest = same === 1 ? '1 scenario came out the same' : `${same} scenarios came out the same`;
  return [
    `${was} → ${is}`,
    ...section('worse', worse, lines(worse)),
    ...section('better', better, lines(better)),
    ...section('otherwise', unsure, lines(unsure)),
    ...section(
      'only in one of the runs',
      alone,
      alone.map((id) => `  ${id}`),
    ),
    rest,
  ].join('\n');
}

function section(title: string, of: readonly unknown[], lines: readonly string[]): string[] {
  return of.length === 0 ? [] : [`${title} (${of.length})`, ...lines];
}

function verdictsText({ before, after }: VerdictChange): string {
  const changed = SUBJECTS.filter((subject) => before.verdict[subject] !== after.verdict[subject]);
  const parts = changed.map((subject) => `${subject} ${before.verdict[subject]} → ${after.verdict[subject]}`);
  return `${after.id}: ${parts.join(', ')}`;
}

const MOST_REASONS = 4;

/** What was observed otherwise; the verdicts stand above. */
function reasons({ before, after }: VerdictChange, then: RunRecord, now: RunRecord): string[] {
  const { outcome } = compare({ run: then, scenario: before }, { run: now, scenario: after });
  const told = outcome.filter((line) => !line.includes(': the verdict was '));
  const left = told.length - MOST_REASONS;
  return [...told.slice(0, MOST_REASONS), ...(left > 0 ? [`and ${left} more`] : [])].map(
    (line) => `    ${line}`,
  );
}
