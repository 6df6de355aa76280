import { monotonicMs } from '../../base/clock.ts';

export interface ClockOffset {
  /** The agent's clock less ours. 0 give or take `uncertaintyMs` on one machine; more where Docker is in a VM. */
  offsetMs: number;
  uncertaintyMs: number;
}

/** The first round trips pay for code that is compiled on first use. */
const ROUNDS = 8;

/**
 * Estimates the offset of another CLOCK_MONOTONIC from round trips, as NTP does (RFC 5905, 8): the answer was
 * given at some time in between, so the shortest round trip tells most.
 */
export async function clockOffset(
  ask: () => Promise<number>,
  now: () => number = monotonicMs,
): Promise<ClockOffset> {
  let best: ClockOffset | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    const sent = now();
    const theirs = await ask();
    const received = now();
    const uncertaintyMs = (received - sent) / 2;
    if (best && best.uncertaintyMs <= uncertaintyMs) continue;
    best = { offsetMs: theirs - (sent + received) / 2, uncertaintyMs };
  }
  return best ?? { offsetMs: 0, uncertaintyMs: Infinity };
}
