import type { StreamReport } from '../protocol.ts';
import type { Tally } from './tally.ts';

/**
 * How long an attempt may take. Less than the second after which Linux sends a SYN once more (RFC 6298, 2.1), so
 * that each attempt is one packet and tells of its own time; and so it is bounded how many are under way at once:
 * 950 at an interval of 1 ms.
 */
export const ATTEMPT_MS = 950;

/** What one stream does beside counting. */
export interface Stream extends Disposable {
  readonly tally: Tally;
  /** Makes an attempt, or none where the last one still stands for it. */
  attempt(now: number): void;
  /** What only this kind has to tell. */
  extra(): Pick<StreamReport, 'breaks' | 'established' | 'sourcePort'>;
}
