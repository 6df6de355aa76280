import { describe, expect, it } from 'vitest';

import { GAPS_KEPT, Tally } from './tally.ts';

/** Attempts every 10 ms from 0 on; `o` answered after 1 ms, `x` timed out, `r` refused, a number answered then. */
function tallied(attempts: readonly ('o' | 'x' | 'r' | number)[], stalledAfterMs?: number): Tally {
  const tally = new Tally({ intervalMs: 10, ...(stalledAfterMs === undefined ? {} : { stalledAfterMs }) });
  const entries = attempts.map((_, index) => tally.begin(index * 10, 950));
  // The last one first: the order in which they end must not matter.
  for (const [index, attempt] of [...attempts.entries()].toReversed()) {
    const entry = entries[index];
    if (!entry) continue;
    if (attempt === 'x') tally.settle(entry, 'timeout', entry.deadline);
    else if (attempt === 'r') tally.settle(entry, 'refused', entry.begin + 1);
    else tally.settle(entry, 'ok', attempt === 'o' ? entry.begin + 1 : attempt);
  }
  return tally;
}

describe('Tally', () => {
  it.each<[string, ('o' | 'x' | 'r' | number)[], object[]]>([
    ['none', ['o', 'o', 'o'], []],
    [
      'one, from the first that failed to the next good one',
      ['o', 'x', 'x', 'r', 'o', 'o'],
      [{ from: 10, to: 40, count: 3, outcome: 'timeout', after: 0, until: 30 }],
    ],
    [
      'two',
      ['o', 'r', 'o', 'x', 'o'],
      [
        { from: 10, to: 20, count: 1, outcome: 'refused', after: 0, until: 10 },
        { from: 30, to: 40, count: 1, outcome: 'timeout', after: 20, until: 30 },
      ],
    ],
    [
      'one that is not over',
      ['o', 'x', 'x'],
      [{ from: 10, count: 2, outcome: 'timeout', after: 0, until: 20 }],
    ],
    ['one from the begin on', ['x', 'o'], [{ from: 0, to: 10, count: 1, outcome: 'timeout', until: 0 }]],
    [
      'one until the answer of an attempt that waited in a queue',
      ['o', 'x', 65, 65, 65],
      [{ from: 10, to: 65, count: 1, outcome: 'timeout', after: 0, until: 10 }],
    ],
    [
      'one until an attempt that was answered at once, though an older one was answered later',
      ['o', 'x', 65, 'o', 'o'],
      [{ from: 10, to: 30, count: 1, outcome: 'timeout', after: 0, until: 10 }],
    ],
    [
      'one that goes on where attempts failed before the late answer',
      ['o', 'x', 65, 'x', 'x', 'o'],
      [{ from: 10, to: 50, count: 3, outcome: 'timeout', after: 0, until: 40 }],
    ],
  ])('finds gaps: %s', (_, attempts, gaps) => {
    expect(tallied(attempts).report().gaps).toEqual(gaps);
  });

  it('takes an answer that took too long for a gap of its own, where that is asked for', () => {
    expect(tallied(['o', 350, 'o'], 200).report()).toMatchObject({
      sent: 3,
      ok: 3,
      gaps: [{ from: 10, to: 20, count: 1, outcome: 'timeout' }],
    });
    expect(tallied(['o', 350], 200).report().gaps).toEqual([
      { from: 10, to: 350, count: 1, outcome: 'timeout', after: 0, until: 10 },
    ]);
  });

  it('counts an attempt only when all before it are known', () => {
    const tally = new Tally({ intervalMs: 10 });
    const [first, second] = [tally.begin(0, 950), tally.begin(10, 950)];
    tally.settle(second, 'ok', 11);
    expect(tally.report()).toMatchObject({ sent: 0, ok: 0 });
    expect(tally.oldest()).toBe(first);
    tally.settle(first, 'ok', 12);
    expect(tally.report()).toMatchObject({ sent: 2, ok: 2 });
    expect(tally.oldest()).toBeUndefined();
  });

  it('ends what has had its time, and lets it go', () => {
    const tally = new Tally({ intervalMs: 10 });
    let dropped = 0;
    tally.begin(0, 950).drop = () => (dropped += 1);
    tally.begin(10, 950).drop = () => (dropped += 1);
    tally.expire(955);
    expect(dropped).toBe(1);
    expect(tally.report()).toMatchObject({ sent: 1, ok: 0, gaps: [{ from: 0, outcome: 'timeout' }] });
  });

  it('heeds nothing that comes after the end of an attempt', () => {
    const tally = new Tally({ intervalMs: 10 });
    const entry = tally.begin(0, 950);
    tally.expire(950);
    tally.settle(entry, 'ok', 951);
    tally.fail(entry, 'too late');
    expect(tally.report()).toMatchObject({ sent: 1, ok: 0 });
  });

  it('takes what nobody waits for any more for lost', () => {
    const tally = new Tally({ intervalMs: 10 });
    tally.begin(0, 10_000);
    tally.abandon();
    expect(tally.report()).toMatchObject({ sent: 1, ok: 0, gaps: [{ from: 0 }] });
  });

  it('does not count what we could not do, and says so', () => {
    const tally = new Tally({ intervalMs: 10 });
    tally.fail(tally.begin(0, 950), 'EMFILE');
    tally.settle(tally.begin(10, 950), 'ok', 11);
    expect(tally.report()).toMatchObject({ sent: 1, ok: 1, gaps: [], failure: 'EMFILE' });
  });

  it('tells since when attempts are under way', () => {
    const tally = new Tally({ intervalMs: 10 });
    const [first, second] = [tally.begin(0, 950), tally.begin(10, 950)];
    tally.settle(second, 'ok', 11);
    expect(tally.report().pendingSince).toBe(0);
    tally.settle(first, 'ok', 12);
    expect(tally.report()).not.toHaveProperty('pendingSince');
  });

  it('tells how long answers took, and the longest pause between two attempts', () => {
    const tally = new Tally({ intervalMs: 10 });
    for (const [begin, tookMs] of [
      [0, 1],
      [10, 2],
      [75, 3],
    ] as const) {
      tally.settle(tally.begin(begin, 950), 'ok', begin + tookMs);
    }
    const { latency, longestPauseMs } = tally.report();
    expect(latency?.p50).toBeCloseTo(2, 1);
    expect(latency?.max).toBeCloseTo(3, 1);
    expect(longestPauseMs).toBe(65);
  });

  it('tells what is new since it was last asked', () => {
    const tally = tallied(['o', 'x', 'o']);
    expect(tally.report().recent).toMatchObject({ sent: 3, ok: 2 });
    expect(tally.report().recent).toEqual({ sent: 0, ok: 0 });
    tally.settle(tally.begin(30, 950), 'ok', 31);
    expect(tally.report()).toMatchObject({ sent: 4, recent: { sent: 1, ok: 1 } });
  });

  it('keeps so many gaps and counts the others', () => {
    const attempts = Array.from({ length: 2 * GAPS_KEPT + 6 }, (_, index) => (index % 2 === 0 ? 'o' : 'x'));
    const { gaps, moreGaps } = tallied(attempts).report();
    expect([gaps.length, moreGaps]).toEqual([GAPS_KEPT, 3]);
  });
});
