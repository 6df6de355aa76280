import { checkPlace } from './check-place.ts';
import { passRateText } from './record/attempts.ts';
import type { Check, ScenarioRecord } from './record/record.ts';

/** The first check that does not hold, and how many more there are. */
export function firstFailed(checks: readonly Check[]): string {
  const failed = checks.filter(({ ok }) => !ok);
  const [first] = failed;
  if (!first) return 'not as claimed';
  const more = failed.length === 1 ? '' : ` (and ${failed.length - 1} more)`;
  return `${checkPlace(first)}: expected ${first.expected}, observed ${first.observed}${more}`;
}

/** What is known of a scenario, after whether it was seen: by chance it is not always. */
export function knownInWords({ verdict, deviation }: ScenarioRecord): string | undefined {
  if (verdict.pair === 'expected-fail' && deviation) {
    return `refuted as known${deviation.chance ? ', by chance' : ''}: ${deviation.summary}`;
  }
  return verdict.pair === 'pass' && deviation?.chance
    ? `as claimed this time, and by chance not: ${deviation.summary}`
    : undefined;
}

/** In one sentence why a scenario has the verdict that it has; undefined where it simply passes. */
export function whyOf(scenario: ScenarioRecord): string | undefined {
  const { verdict, checks, deviation, reason } = scenario;
  switch (verdict.pair) {
    case 'pass':
    case 'expected-fail':
      return knownInWords(scenario);
    case 'unexpected-pass':
      return reason ?? `as claimed, although known otherwise: ${deviation?.summary}`;
    case 'flaky':
      return passRateText(scenario) ?? verdict.pair;
    case 'fail':
    case 'inconclusive':
      return firstFailed(checks);
    case 'unsupported':
    case 'error':
      break;
  }
  return reason ?? verdict.pair;
}
