import { monotonicMs } from '../../../base/clock.ts';

export interface Clocks {
  /** Whole milliseconds since 1970. */
  wallMs(): number;
  monotonicMs(): number;
}

/** What takes a wall clock's time to the monotonic clock, and how wrong that may be. */
export interface ClockDifference {
  /** Monotonic less wall clock, in milliseconds. */
  differenceMs: number;
  /** Give or take this. */
  errorMs: number;
}

/** A busy machine may take the processor away in the middle of one. */
const TRIES = 3;
/** Good enough to stop trying. */
const NARROW_MS = 0.01;
/** The wall clock's next millisecond must come within this; else it was set back, and the try is in vain. */
const LONGEST_WAIT_MS = 3;

/**
 * Compares the clocks in the moment that the wall clock's millisecond changes, for it tells no less than a
 * millisecond: the change lies between two readings of the monotonic clock, mostly about a microsecond apart.
 * Takes up to a millisecond of the processor.
 */
export function compareClocks(clocks: Clocks = { wallMs: () => Date.now(), monotonicMs }): ClockDifference {
  let best: ClockDifference | undefined;
  for (let tried = 0; tried < TRIES && !(best && best.errorMs <= NARROW_MS); tried += 1) {
    const found = atTheNextMillisecond(clocks);
    if (found && (!best || found.errorMs < best.errorMs)) best = found;
  }
  return best ?? { differenceMs: clocks.monotonicMs() - clocks.wallMs(), errorMs: 1 };
}

function atTheNextMillisecond(clocks: Clocks): ClockDifference | undefined {
  const begin = clocks.monotonicMs();
  const wallBefore = clocks.wallMs();
  // Before the last reading of the wall clock that was unchanged; the change came after it.
  let earliest = begin;
  for (let latest = begin; latest - begin < LONGEST_WAIT_MS;) {
    const wall = clocks.wallMs();
    const now = clocks.monotonicMs();
    if (wall !== wallBefore) {
      return { differenceMs: (earliest + now) / 2 - wall, errorMs: (now - earliest) / 2 };
    }
    [earliest, latest] = [latest, now];
  }
  return undefined;
}

/** Follows the difference: the wall clock is slewed and set, the monotonic one is not. */
export class WallClock {
  readonly #compare: () => ClockDifference;
  #last: ClockDifference;
  #errorMs: number;

  constructor(compare: () => ClockDifference = compareClocks) {
    this.#compare = compare;
    this.#last = compare();
    this.#errorMs = this.#last.errorMs;
  }

  /** Compares anew. To be called now and then, and before packets of a longer time are told. */
  renew(): void {
    const now = this.#compare();
    // What it moved since the last time, a packet in between may be wrong by.
    this.#errorMs = now.errorMs + Math.abs(now.differenceMs - this.#last.differenceMs);
    this.#last = now;
  }

  /** Microseconds of the wall clock as milliseconds of the monotonic one. */
  monotonicMs(wallUs: number): number {
    return wallUs / 1000 + this.#last.differenceMs;
  }

  get errorMs(): number {
    return this.#errorMs;
  }
}
