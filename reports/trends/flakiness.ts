import { seriesOf, type HistoryEntry } from './history-entry.ts';
import { rateOf, type Rate } from './rate.ts';

/** A scenario that had both outcomes. */
export interface Flaky {
  scenario: string;
  /** How often it was not as known. */
  red: Rate;
  /** How often the outcome changed from one run to the next; 1: it may have been mended, or broken, for good. */
  changes: number;
  /** The first run since which the outcome is what it is now. */
  since: string;
  now: 'green' | 'red';
}

/**
 * The scenarios that were as known and were not within the last runs of a series. One that is flaky had both outcomes
 * in one run: every attempt counts.
 */
export function flakyIn(entries: readonly HistoryEntry[], runs: number): Flaky[] {
  const last = entries.slice(-runs);
  const ids = new Set(last.flatMap(({ scenarios }) => Object.keys(scenarios)));
  return [...ids].sort().flatMap((scenario) => {
    const outcomes = last.flatMap(({ id, scenarios }) => {
      const one = scenarios[scenario];
      if (!one || one.verdict.pair === 'unsupported') return [];
      // Of several attempts nobody needs to know the order.
      return Array.from({ length: one.of }, (_, index) => ({ id, green: index >= one.of - one.green }));
    });
    const red = outcomes.filter(({ green }) => !green).length;
    const now = outcomes.at(-1);
    if (!now || red === 0 || red === outcomes.length) return [];
    const changes = outcomes.filter(({ green }, index) => index > 0 && green !== outcomes[index - 1]?.green);
    return [
      {
        scenario,
        red: rateOf(red, outcomes.length),
        changes: changes.length,
        since: changes.at(-1)?.id ?? now.id,
        now: now.green ? 'green' : 'red',
      },
    ];
  });
}

/** The runs of each series, in the order of time. */
export function seriesIn(entries: readonly HistoryEntry[]): Map<string, HistoryEntry[]> {
  return Map.groupBy(entries, seriesOf);
}
