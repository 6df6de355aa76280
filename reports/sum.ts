import { formatMs } from '../base/clock.ts';
import { EXPECTED_VERDICTS, type RunRecord, type ScenarioRecord } from './record/record.ts';

/** The scenarios that are not as known. */
export function newsOf({ scenarios }: RunRecord): ScenarioRecord[] {
  return scenarios.filter(({ verdict }) => !EXPECTED_VERDICTS.has(verdict.pair));
}

/** `nothing differs from what is known of metallb 0.16.1 (native)`, or how many do. */
export function newsText(record: RunRecord): string {
  const { name, version, mode } = record.implementation;
  const count = newsOf(record).length;
  const what = count === 0 ? 'nothing differs' : `${count} ${count === 1 ? 'differs' : 'differ'}`;
  return `${what} from what is known of ${name} ${version} (${mode})`;
}

/** A whole run in a sentence. */
export function sumOf(record: RunRecord): string {
  const count = record.scenarios.length;
  const scenarios = `${count} ${count === 1 ? 'scenario' : 'scenarios'}`;
  return `${scenarios} in ${formatMs(record.durationMs)}: ${newsText(record)}.`;
}
