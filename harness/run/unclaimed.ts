import { FAMILIES } from '../../base/addresses.ts';
import type { Verdict } from '../../reports/record/record.ts';
import type { Judgement } from '../judge/judge.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Session } from './session.ts';

/** What came of a scenario. */
export interface Outcome {
  judgement: Judgement;
  reason?: string;
}

/** The features that a scenario needs and that the implementation does not claim. */
export function unclaimedBy(
  { implementation }: { implementation: Pick<Session['implementation'], 'features'> },
  { features }: Pick<Scenario, 'features'>,
): string[] {
  return features.filter((feature) => !implementation.features.has(feature));
}

/** Of a scenario that was not run for want of a claim. */
export function notRun(name: string, unclaimed: readonly string[]): Outcome {
  return { judgement: same('unsupported'), reason: `${name} does not claim ${unclaimed.join(', ')}` };
}

/**
 * Of one that was run all the same. That it passes is news; whatever else came of it is no failure of an
 * implementation that does not say that it can do it: a pool that cannot be expressed, for instance.
 */
export function judgedUnclaimed(outcome: Outcome, name: string, unclaimed: readonly string[]): Outcome {
  const { judgement, reason } = outcome;
  const claims = unclaimed.join(', ');
  if (judgement.verdict.pair === 'pass') {
    const families = FAMILIES.map((family) => [family, news(judgement.verdict[family])]);
    return {
      judgement: {
        ...judgement,
        verdict: { ...judgement.verdict, ...Object.fromEntries(families), pair: 'unexpected-pass' },
      },
      reason: `${name} does not claim ${claims}, and yet it passes`,
    };
  }
  const failed = judgement.checks.find(({ ok }) => !ok);
  const seen = reason ?? (failed ? `${failed.step}: ${failed.observed}` : judgement.verdict.pair);
  return { judgement: same('unsupported'), reason: `${name} does not claim ${claims} (tried: ${seen})` };
}

function news(verdict: Verdict): Verdict {
  return verdict === 'pass' ? 'unexpected-pass' : verdict;
}

export function same(verdict: Verdict): Judgement {
  return { verdict: { pair: verdict, IPv4: verdict, IPv6: verdict }, checks: [], deviationChecks: [] };
}
