import { FAMILIES } from '../../base/addresses.ts';
import { wilson, type Interval } from '../../base/statistics.ts';
import {
  EXPECTED_VERDICTS,
  type Attempt,
  type ScenarioRecord,
  type Subject,
  type Verdict,
} from './record.ts';

/**
 * Several attempts at one scenario, as one record. One that was green once and red once is flaky, whichever came
 * last: a network that does what it should the second time still did not the first time.
 */
export class Attempts {
  readonly #attempts: Attempt[] = [];
  /** The last red one, or while none was red, the last one. */
  #shown: ScenarioRecord | undefined;

  get count(): number {
    return this.#attempts.length;
  }

  /** Gives the record that is not shown any more, whose evidence can go. */
  add(record: ScenarioRecord): ScenarioRecord | undefined {
    const { verdict, startedAt, timing, reason } = record;
    this.#attempts.push({
      verdict,
      startedAt,
      wallMs: timing.wallMs,
      ...(reason === undefined ? {} : { reason }),
    });
    const before = this.#shown;
    if (before && isRed(before) && !isRed(record)) return record;
    this.#shown = record;
    // Of several red ones the first evidence is as good as the last, and both are kept.
    return before && !isRed(before) ? before : undefined;
  }

  /** @throws RangeError where there was no attempt */
  record(): ScenarioRecord {
    if (!this.#shown) throw new RangeError('no attempt');
    if (this.#attempts.length === 1) return this.#shown;
    const { verdict } = this.#shown;
    const overall = (subject: Subject): Verdict =>
      isMixed(this.#attempts.map((one) => one.verdict[subject])) ? 'flaky' : verdict[subject];
    const [IPv4, IPv6] = FAMILIES.map(overall);
    return {
      ...this.#shown,
      verdict: { pair: overall('pair'), IPv4: IPv4 ?? verdict.IPv4, IPv6: IPv6 ?? verdict.IPv6 },
      attempts: [...this.#attempts],
    };
  }
}

function isRed({ verdict }: Pick<ScenarioRecord, 'verdict'>): boolean {
  return !EXPECTED_VERDICTS.has(verdict.pair);
}

function isMixed(verdicts: readonly Verdict[]): boolean {
  return new Set(verdicts.map((verdict) => EXPECTED_VERDICTS.has(verdict))).size > 1;
}

export interface PassRate {
  green: number;
  of: number;
  /** Of the rate, 0 to 1. */
  interval: Interval;
}

/** How often it was as known; undefined where there was one attempt only. */
export function passRate({ attempts }: Pick<ScenarioRecord, 'attempts'>): PassRate | undefined {
  if (!attempts || attempts.length < 2) return undefined;
  const green = attempts.filter((attempt) => !isRed(attempt)).length;
  return { green, of: attempts.length, interval: wilson(green, attempts.length) };
}

/** `29 of 30 green (95 % interval 83.3 to 99.4 %)`. */
export function passRateText(scenario: Pick<ScenarioRecord, 'attempts'>): string | undefined {
  const rate = passRate(scenario);
  if (!rate) return undefined;
  const [low, high] = [rate.interval.low, rate.interval.high].map((share) => (100 * share).toFixed(1));
  return `${rate.green} of ${rate.of} green (95 % interval ${low} to ${high} %)`;
}
