import type { ScenarioRecord } from './record.ts';

/**
 * The scenarios whose times are an implementation's own: those that had the cluster to themselves, and did not ask for
 * many Services at once, which wait for one another.
 */
export function measuredAlone(scenarios: readonly ScenarioRecord[]): ScenarioRecord[] {
  return scenarios.filter(
    ({ shared, observations }) =>
      !shared && !observations.some((one) => one.kind === 'step' && one.step === 'many'),
  );
}
