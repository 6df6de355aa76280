import { SUBJECTS } from '../record/record.ts';
import type { MatrixCell } from './matrix-record.ts';

/**
 * What the implementation did, as a text that is equal where it did the same: the verdicts, and for a refuted
 * claim in which way. Addresses and times are left out, as they differ from run to run. undefined where the cell
 * says nothing of the implementation: the harness or the network failed.
 */
export function outcomeOf({ verdict, failed, deviation, reason }: MatrixCell): string | undefined {
  if (verdict.pair === 'error' || verdict.pair === 'inconclusive') return undefined;
  const verdicts = SUBJECTS.map((subject) => `${subject} ${verdict[subject]}`);
  return JSON.stringify([verdicts, wayOf({ verdict, failed, deviation, reason })]);
}

function wayOf({ verdict: { pair }, failed, deviation, reason }: Omit<MatrixCell, 'run'>): unknown {
  if (pair === 'expected-fail') return deviation?.summary;
  if (pair === 'fail') return failed.map(({ step, subject, expected }) => [step, subject, expected]);
  return pair === 'unsupported' ? reason : undefined;
}

/** True when not all of them did the same. Cells that say nothing of the implementation are not counted. */
export function differ(cells: readonly MatrixCell[]): boolean {
  return new Set(cells.map(outcomeOf).filter((outcome) => outcome !== undefined)).size > 1;
}
