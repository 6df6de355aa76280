import { monotonicMs } from '../base/clock.ts';
import type { StreamResult } from '../harness/probe/streams.ts';

/** A time in which every packet of a family is dropped, in milliseconds on the monotonic clock. */
export interface Cut {
  from: number;
  to: number;
}

/** Lengths and pauses that fall into step with no interval. */
const SHORTEST_MS = 40;
const SPREAD_MS = 160;
const PAUSE_MS = 150;
const STEP = 0.618_033_988_749_895;

/** So many outages of different lengths, one after another. */
export function schedule(count: number, from: number): Cut[] {
  let at = from;
  return Array.from({ length: count }, (_, index) => {
    const length = SHORTEST_MS + SPREAD_MS * ((index * STEP) % 1);
    const cut = { from: at, to: at + length };
    at = cut.to + PAUSE_MS + 50 * ((index * STEP * STEP) % 1);
    return cut;
  });
}

/**
 * The wall clock less the monotonic one, in milliseconds, to some microseconds: Date.now() has no fractions, but it
 * is exact at the moment at which it moves on. Of several such moments the earliest was seen soonest.
 */
export function wallClockOffset(rounds = 50): number {
  let best = -Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const last = Date.now();
    let now = last;
    while (now === last) now = Date.now();
    best = Math.max(best, now - monotonicMs());
  }
  return best;
}

/** 5 ** 9, which with 2 ** 9 makes a billion. */
const FIVES = 1_953_125n;
const MODULUS = 2n ** 55n;

/**
 * A time in nanoseconds as nft takes it. The kernel compares nanoseconds, but nft reads a number as seconds and
 * multiplies it by a billion, in 64 bits: so it gets the number whose product is, modulo 2 ** 64, the time. That
 * there is for every multiple of 512 ns.
 */
export function timeLiteral(ns: bigint): string {
  return String(((ns / 512n) * inverseOf(FIVES, MODULUS)) % MODULUS);
}

/** Of an odd number modulo a power of two: each round of Newton's doubles the bits that are right. */
function inverseOf(odd: bigint, modulus: bigint): bigint {
  let inverse = odd;
  for (let bits = 3; bits < 64; bits *= 2) inverse = (inverse * (2n - odd * inverse)) % modulus;
  return (inverse + modulus) % modulus;
}

/** The rules that drop what arrives within the cuts: the kernel's own clock decides for each packet. */
export function rulesFor(cuts: ReadonlyMap<'IPv4' | 'IPv6', readonly Cut[]>, offsetMs: number): string {
  const ns = (ms: number) => timeLiteral(BigInt(Math.round((ms + offsetMs) * 1e6)));
  const rules = [...cuts].flatMap(([family, list]) =>
    list.map(
      ({ from, to }) =>
        `meta nfproto ${family.toLowerCase()} meta time >= ${ns(from)} meta time < ${ns(to)} drop`,
    ),
  );
  return [
    'table inet outage',
    'delete table inet outage',
    'table inet outage {',
    'chain input {',
    'type filter hook input priority 0; policy accept;',
    // Without neighbours there is no first packet to drop; the outage is of what is asked for, not of them.
    'meta l4proto ipv6-icmp accept',
    ...rules,
    '}',
    '}',
    '',
  ].join('\n');
}

type Gap = Pick<StreamResult['gaps'][number], 'from' | 'to' | 'after' | 'until'>;

/** How far the measured length of an outage is off, and how far the measure itself says that it may be. */
export interface LengthError {
  /** Of an outage that was not seen, all of it. */
  ms: number;
  /** The time between two attempts at its edges. */
  barMs: number;
}

export function errorsOf(cuts: readonly Cut[], gaps: readonly Gap[]): LengthError[] {
  return cuts.map((cut) => {
    const own = gaps.filter(({ from, to = Infinity }) => from < cut.to && to > cut.from);
    const sum = (of: (gap: Gap) => number) => own.reduce((total, gap) => total + of(gap), 0);
    return {
      ms: sum(({ from, to = Infinity }) => to - from) - (cut.to - cut.from),
      barMs: sum(({ from, to = Infinity, after = from, until }) => Math.max(from - after, to - until)),
    };
  });
}
