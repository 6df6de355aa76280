import type { DiagnosisObservation, Observation } from '../record/record.ts';

/** The last diagnosis of each Service in a scenario that something was found of. */
export function findingsOf(observations: readonly Observation[]): DiagnosisObservation[] {
  const last = new Map<string, DiagnosisObservation>();
  for (const one of observations) if (one.kind === 'diagnosis') last.set(one.service, one);
  return [...last.values()].filter(({ findings }) => findings.length > 0);
}
