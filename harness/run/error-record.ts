import type { ScenarioRecord, Verdict } from '../../reports/record/record.ts';
import type { Scenario } from '../scenario/schema.ts';

interface Unrun {
  reason: string;
  attempt: number;
  startedAt: number;
}

/** The record of a scenario that cannot be judged, as what would see it is gone. */
export function errorRecord(scenario: Scenario, unrun: Unrun): ScenarioRecord {
  return unrunRecord(scenario, { ...unrun, verdict: 'error' });
}

/** The record of a scenario of which nothing was seen. */
export function unrunRecord(
  { id, title, claim, issue, features, shared }: Scenario,
  { verdict, reason, attempt, startedAt }: Unrun & { verdict: Verdict },
): ScenarioRecord {
  return {
    id,
    title,
    ...(claim ? { claim } : {}),
    ...(issue ? { issue } : {}),
    features,
    verdict: { pair: verdict, IPv4: verdict, IPv6: verdict },
    checks: [],
    deviationChecks: [],
    reason,
    attempt,
    startedAt,
    ...(shared ? { shared: true } : {}),
    timing: { wallMs: 0, implementationMs: 0, settleMs: 0, apiMs: 0, overheadMs: 0 },
    ranges: {},
    observations: [],
    evidence: [],
  };
}
