import { describe, expect, it } from 'vitest';

import { entryWith } from '../trends/fixtures.ts';
import { trendsOf } from '../trends/trends.ts';
import { trendsSection } from './trends.ts';

const night = (day: number, overrides = {}) =>
  entryWith(
    `night-${day}`,
    { one: 'pass', two: day === 22 ? 'fail' : 'pass', three: 'unsupported' },
    {
      startedAt: `2026-11-${day}T01:00:00.000Z`,
      durationMs: 600_000 + day * 1000,
      assignment: { IPv4: [11, 14, 20], IPv6: [12, 15, day === 22 ? 31_000 : 21] },
      outages: { 'fault-node/dies': { IPv4: [2100], IPv6: day === 22 ? [] : [2400] } },
      ...overrides,
    },
  );

function page(entries: ReturnType<typeof night>[]): string {
  return trendsSection(trendsOf(entries))?.text ?? '';
}

describe('the trends', () => {
  it('are a chart for each measure, with a line for each family', async () => {
    await expect(page([night(20), night(21), night(22), night(23)])).toMatchFileSnapshot(
      'golden/trends.html',
    );
  });

  it('say in words what the newest run came to', () => {
    const text = page([night(21), night(22)]);
    expect(text).toContain(
      'aria-label="As known, of the scenarios that ran, 2 runs. IPv4: 1 of 2, 50 % in the newest; IPv6: 1 of 2, 50 % in the newest; pair: 1 of 2, 50 % in the newest"',
    );
    expect(text).toContain('IPv6: 2,400 ms in night-21');
    expect(text).toContain('10 min 22 s for 3 scenarios in the newest');
  });

  it('draw no line over a run that has measured nothing', () => {
    const text = page([night(21), night(22), night(23)]);
    const paths = [...text.matchAll(/<path d="(M[^"Z]*)"/g)].map(([, path = '']) => path);
    const steps = paths.slice(-2).map((path) => path.replaceAll(/[\d .]/g, ''));
    expect(steps).toEqual(['MLL', 'MM']);
  });

  it('are logarithmic where values are far apart, and say so', () => {
    expect(page([night(21), night(22)])).toContain('<b>Until an address was assigned</b> (logarithmic)');
    expect(page([night(20), night(21)])).not.toContain('logarithmic');
  });

  it('are of twenty steps at most, and say how many more there are', () => {
    const steps = Array.from({ length: 23 }, (_, index) => [`fault/${index}`, { IPv4: [9], IPv6: [9] }]);
    const outages = Object.fromEntries(steps);
    const text = page([night(20, { outages }), night(21, { outages })]);
    expect(text).toContain('<summary>Without an answer, after a fault: 23 steps</summary>');
    expect(text).toContain('3 more steps: dualvip report history --json has them.');
    expect(text.match(/<b>fault\/\d+<\/b>/g)).toHaveLength(20);
  });

  it('escape what a history says', () => {
    const text = page([night(20, { id: '<script>' }), night(21)]);
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script&gt;');
  });

  it('are none of nothing', () => {
    expect(trendsSection([])).toBeUndefined();
  });
});
