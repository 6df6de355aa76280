import { EXIT } from '../../base/errors.ts';
import { EXPECTED_VERDICTS, type ScenarioRecord } from '../../reports/record/record.ts';

/** 0: all as known. 2: the harness failed in one of them, which outweighs a verdict. 1: a verdict differs. */
export function exitCodeOf(scenarios: readonly Pick<ScenarioRecord, 'verdict'>[]): 0 | 1 | 2 {
  if (scenarios.some(({ verdict }) => verdict.pair === 'error')) return EXIT.harness;
  return scenarios.every(({ verdict }) => EXPECTED_VERDICTS.has(verdict.pair)) ? EXIT.ok : EXIT.verdict;
}
