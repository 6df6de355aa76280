import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

import type { Latency, Outcome, StreamGap, StreamReport } from '../protocol.ts';

export type Failure = Exclude<Outcome, 'ok'>;

/** One attempt of a stream, from its begin on. */
export interface TallyEntry {
  readonly begin: number;
  /** It fails with `timeout` where nothing is known by then. */
  readonly deadline: number;
  /** Gives up what it holds, when its time is up. */
  drop?: () => void;
  /** `void`: it could not be made, which says nothing of the network. */
  outcome?: Outcome | 'void';
  end?: number;
}

export interface TallyOptions {
  intervalMs: number;
  /** An answer that took longer counts as a gap of its own: for a connection that repeats what was lost. */
  stalledAfterMs?: number;
}

/** So that an address that comes and goes fills neither the agent's memory nor the record. */
export const GAPS_KEPT = 1000;

/** What a histogram of nanoseconds holds: up to a minute, to three digits. */
const HISTOGRAM = { lowest: 1, highest: 60_000_000_000, figures: 3 };

/**
 * Adds up the attempts of one stream. They end in any order and are counted in the order of their begins, so
 * that a run of failures is one however late each of them is known.
 */
export class Tally {
  readonly #options: TallyOptions;
  #queue: TallyEntry[] = [];
  #head = 0;
  #sent = 0;
  #ok = 0;
  #moreGaps = 0;
  readonly #gaps: StreamGap[] = [];
  #gap: StreamGap | undefined;
  #lastGood: number | undefined;
  #lastBegin: number | undefined;
  #longestPauseMs = 0;
  #failure: string | undefined;
  readonly #latency = createHistogram(HISTOGRAM);
  readonly #recentLatency = createHistogram(HISTOGRAM);
  #recent = { sent: 0, ok: 0 };

  constructor(options: TallyOptions) {
    this.#options = options;
  }

  begin(at: number, withinMs: number): TallyEntry {
    const entry: TallyEntry = { begin: at, deadline: at + withinMs };
    this.#longestPauseMs = Math.max(this.#longestPauseMs, at - (this.#lastBegin ?? at));
    this.#lastBegin = at;
    this.#queue.push(entry);
    return entry;
  }

  /** What is told of an attempt after its end is known changes nothing. */
  settle(entry: TallyEntry, outcome: Outcome, at: number): void {
    if (entry.outcome !== undefined) return;
    entry.outcome = outcome;
    entry.end = at;
    this.#drain();
  }

  /** The agent's own trouble: the attempt does not count, and the stream is not to be believed. */
  fail(entry: TallyEntry, message: string): void {
    if (entry.outcome !== undefined) return;
    this.#failure ??= message;
    entry.outcome = 'void';
    this.#drain();
  }

  /** Ends those whose time is up at `now`. */
  expire(now: number): void {
    for (let index = this.#head; index < this.#queue.length; index += 1) {
      const entry = this.#queue[index];
      if (!entry || entry.begin > now) break;
      if (entry.outcome !== undefined || entry.deadline > now) continue;
      entry.outcome = 'timeout';
      entry.end = now;
      entry.drop?.();
    }
    this.#drain();
  }

  /** Whatever has not ended by now has failed: nobody waits for it any more. */
  abandon(): void {
    for (const entry of this.#queue.slice(this.#head)) entry.outcome ??= 'timeout';
    this.#drain();
  }

  /** The oldest attempt whose end is not known. */
  oldest(): TallyEntry | undefined {
    return this.#queue[this.#head];
  }

  report(): Pick<
    StreamReport,
    'sent' | 'pendingSince' | 'ok' | 'gaps' | 'moreGaps' | 'latency' | 'longestPauseMs' | 'recent' | 'failure'
  > {
    const recent = { ...this.#recent, ...percentiles(this.#recentLatency) };
    this.#recent = { sent: 0, ok: 0 };
    this.#recentLatency.reset();
    const pending = this.oldest();
    return {
      sent: this.#sent,
      ...(pending === undefined ? {} : { pendingSince: pending.begin }),
      ok: this.#ok,
      gaps: this.#gaps.map((gap) => ({ ...gap })),
      moreGaps: this.#moreGaps,
      longestPauseMs: this.#longestPauseMs,
      recent,
      ...percentiles(this.#latency),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }

  #drain(): void {
    for (;;) {
      const entry = this.#queue[this.#head];
      if (entry?.outcome === undefined) break;
      this.#head += 1;
      if (entry.outcome !== 'void') this.#count(entry, entry.outcome);
    }
    if (this.#head < 1024) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }

  #count(entry: TallyEntry, outcome: Outcome): void {
    const { begin, end = begin } = entry;
    const tookMs = end - begin;
    this.#sent += 1;
    this.#recent.sent += 1;
    if (outcome !== 'ok') {
      this.#lost(begin, outcome);
      return;
    }
    this.#ok += 1;
    this.#recent.ok += 1;
    const ns = Math.max(1, Math.round(tookMs * 1e6));
    this.#latency.record(ns);
    this.#recentLatency.record(ns);
    const { intervalMs, stalledAfterMs = Infinity } = this.#options;
    if (tookMs > stalledAfterMs) this.#lost(begin, 'timeout');
    const passed = tookMs <= intervalMs ? begin : end;
    if (this.#gap && (this.#gap.to ?? Infinity) > passed) this.#gap.to = passed;
    this.#lastGood = begin;
  }

  #lost(begin: number, outcome: Failure): void {
    const gap = this.#gap;
    // An answer that came late has closed it, and this attempt began before that.
    if (gap && (gap.to === undefined || gap.to > begin)) {
      delete gap.to;
      gap.count += 1;
      gap.until = begin;
      return;
    }
    const after = this.#lastGood;
    this.#gap = { from: begin, count: 1, outcome, until: begin, ...(after === undefined ? {} : { after }) };
    if (this.#gaps.length < GAPS_KEPT) this.#gaps.push(this.#gap);
    else this.#moreGaps += 1;
  }
}

function percentiles(histogram: RecordableHistogram): { latency?: Latency } {
  if (histogram.count === 0) return {};
  const [p50 = 0, p99 = 0, max = 0] = [50, 99, 100].map(
    (percentile) => Math.round(histogram.percentile(percentile) / 1e3) / 1e3,
  );
  return { latency: { p50, p99, max } };
}
