import type { ScenarioRecord, Subject } from '../record/record.ts';
import type { Status } from './conformance-report.ts';

/** What one scenario says of a feature. `pass-in-part`: what nothing announces was not judged. */
export type Outcome = 'pass' | 'pass-in-part' | 'deviating' | 'failing' | 'unsupported' | 'skipped';

/** The worst first: several runs of one scenario are as good as the worst of them that says anything. */
const ORDER: readonly Outcome[] = ['failing', 'deviating', 'pass-in-part', 'pass', 'unsupported', 'skipped'];

export function outcomeOf(scenario: ScenarioRecord, subject: Subject): Outcome {
  switch (scenario.verdict[subject]) {
    case 'pass':
      // By chance it does not.
      if (subject === 'pair' && scenario.deviation?.chance) return 'deviating';
      return scenario.checks.some(({ unsupported }) => unsupported) ? 'pass-in-part' : 'pass';
    case 'expected-fail':
      return 'deviating';
    case 'fail':
    // Once is enough: who relies on it meets that once, too.
    case 'flaky':
      return 'failing';
    case 'unexpected-pass':
      // It does as claimed. That a deviation is gone, or that nobody claims it, is told apart.
      return scenario.unclaimed ? 'unsupported' : 'pass';
    case 'unsupported':
      // Of a scenario that was run: that family has nothing but steps that connect.
      return subject !== 'pair' && scenario.verdict.pair !== 'unsupported' ? 'pass-in-part' : 'unsupported';
    case 'inconclusive':
    case 'error':
      break;
  }
  return 'skipped';
}

export function worst(outcomes: readonly Outcome[]): Outcome {
  return ORDER.find((one) => outcomes.includes(one)) ?? 'skipped';
}

/** What a feature comes to, of all its scenarios. */
export function statusOf(outcomes: readonly Outcome[]): Status {
  const has = (outcome: Outcome) => outcomes.includes(outcome);
  if (has('failing')) return 'failing';
  if (has('deviating')) return 'deviating';
  if (has('skipped')) return 'untested';
  // What is proven in part and needs for the rest what is not claimed, is not claimed.
  return has('unsupported') && !has('pass') ? 'unsupported' : 'supported';
}
