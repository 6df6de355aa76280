import type { ScenarioRecord } from '../../reports/record/record.ts';

/** Tells Vitest that the verdict is not as known; people read the record. */
export class VerdictFailure extends Error {
  constructor({ id, verdict, reason, checks }: ScenarioRecord) {
    const failed = checks.filter(({ ok }) => !ok);
    const lines = failed.map(
      ({ step, subject, expected, observed }) =>
        `${step} ${subject}: expected ${expected}, observed ${observed}`,
    );
    super([`${id}: ${verdict.pair}${reason ? ` (${reason})` : ''}`, ...lines].join('\n'));
    this.name = 'VerdictFailure';
    this.stack = '';
  }
}
