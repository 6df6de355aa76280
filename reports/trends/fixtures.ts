import { EXPECTED_VERDICTS, type Verdict } from '../record/record.ts';
import { HISTORY_VERSION, type HistoryEntry } from './history-entry.ts';

/** A run of the history: its verdicts by scenario, and milliseconds of assignment. */
export function entryWith(
  id: string,
  verdicts: Record<string, Verdict | { verdict: Verdict; of: number; green: number }>,
  overrides: Partial<HistoryEntry> = {},
): HistoryEntry {
  return {
    version: HISTORY_VERSION,
    id,
    startedAt: '2026-11-25T01:00:00.000Z',
    durationMs: 60_000,
    harness: '0.1.0',
    implementation: { name: 'metallb', version: '0.16.1', mode: 'native' },
    topology: 'dual',
    kubernetes: 'v1.37.2',
    exitCode: 0,
    scenarios: Object.fromEntries(
      Object.entries(verdicts).map(([scenario, one]) => {
        const green = typeof one === 'string' && EXPECTED_VERDICTS.has(one) ? 1 : 0;
        const { verdict, ...tried } = typeof one === 'string' ? { verdict: one, of: 1, green } : one;
        return [scenario, { verdict: { pair: verdict, IPv4: verdict, IPv6: verdict }, ...tried, ms: 1000 }];
      }),
    ),
    assignment: { IPv4: [], IPv6: [] },
    outages: {},
    ...overrides,
  };
}
