import { afterEach, describe, expect, it, vi } from 'vitest';

import { errorsOf, rulesFor, schedule, timeLiteral, wallClockOffset } from './known-outage.ts';

describe('known outages', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('come one after another, of different lengths', () => {
    const cuts = schedule(100, 5000);
    expect(cuts[0]?.from).toBe(5000);
    expect(cuts.every(({ from, to }) => to - from >= 40 && to - from < 200)).toBe(true);
    expect(cuts.every(({ from }, index) => index === 0 || from >= (cuts[index - 1]?.to ?? 0) + 150)).toBe(
      true,
    );
    expect(new Set(cuts.map(({ from, to }) => Math.round((to - from) * 100))).size).toBeGreaterThan(90);
  });

  it('are rules of the kernel’s wall clock, in nanoseconds, each of one family', () => {
    const cuts = new Map([
      ['IPv4', [{ from: 1000.5, to: 1100 }]],
      ['IPv6', [{ from: 2000, to: 2000.25 }]],
    ] as const);
    const rules = rulesFor(cuts, 1_000_000)
      .split('\n')
      .filter((line) => line.endsWith('drop'));
    const read = rules.map((rule) =>
      rule.replaceAll(/\d{4,}/g, (text) => String(BigInt.asUintN(64, BigInt(text) * 1_000_000_000n))),
    );
    // To 512 ns below.
    expect(read).toEqual([
      'meta nfproto ipv4 meta time >= 1001000499712 meta time < 1001099999744 drop',
      'meta nfproto ipv6 meta time >= 1002000000000 meta time < 1002000249856 drop',
    ]);
  });

  it('have times that nft makes nanoseconds of', () => {
    const ns = 1_795_636_000_123_456_000n;
    expect(BigInt.asUintN(64, BigInt(timeLiteral(ns)) * 1_000_000_000n)).toBe(ns - (ns % 512n));
  });

  it('are on the wall clock, to less than a millisecond', () => {
    // A wall clock that is 500 ms ahead, and a machine on which each reading takes a microsecond.
    let nowUs = 1_000_300;
    const read = () => (nowUs += 1);
    vi.spyOn(Date, 'now').mockImplementation(() => Math.floor(read() / 1000) + 500);
    vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => BigInt(read()) * 1000n);
    expect(wallClockOffset(5)).toBeCloseTo(500, 2);
  });

  it('are compared with what was measured', () => {
    const cuts = [
      { from: 1000, to: 1100 },
      { from: 2000, to: 2050 },
      { from: 3000, to: 3100 },
    ];
    const gaps = [
      { from: 1003, to: 1108, after: 993, until: 1099 },
      { from: 2001, to: 2020, after: 1991, until: 2010 },
      { from: 2030, to: 2053, after: 2020, until: 2040 },
    ];
    expect(errorsOf(cuts, gaps)).toEqual([
      { ms: 5, barMs: 10 },
      { ms: -8, barMs: 23 },
      { ms: -100, barMs: 0 },
    ]);
  });
});
