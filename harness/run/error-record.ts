import type { ScenarioRecord } from '../../reports/record/record.ts';
import type { Scenario } from '../scenario/schema.ts';

/** The record of a scenario that cannot be judged, as what would see it is gone. */
export function errorRecord(
  { id, title, claim, issue, features, shared }: Scenario,
  { reason, attempt, startedAt }: { reason: string; attempt: number; startedAt: number },
): ScenarioRecord {
  return {
    id,
    title,
    ...(claim ? { claim } : {}),
    ...(issue ? { issue } : {}),
    features,
    verdict: { pair: 'error', IPv4: 'error', IPv6: 'error' },
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
