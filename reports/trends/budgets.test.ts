import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { checkBudgets, readBudgets } from './budgets.ts';
import { budgetText } from './comparison-text.ts';
import { entryWith } from './fixtures.ts';

const entry = entryWith(
  'a',
  { one: 'pass' },
  {
    assignment: { IPv4: [10, 20, 900], IPv6: [] },
    outages: { 'failover/pull': { IPv4: [5000], IPv6: [7000] }, 'failover/back': { IPv4: [10], IPv6: [10] } },
  },
);

describe('checkBudgets', () => {
  it('holds every limit against the run', () => {
    const results = checkBudgets(
      {
        assignment: { IPv4: { p50: 20, p95: 500 }, IPv6: { p50: 20 } },
        outages: { 'failover/pull': { IPv6: { max: 6000 } }, failover: { IPv4: { max: 6000 } } },
        scenarios: { one: 999, two: 999 },
        runMs: 60_000,
      },
      entry,
    );
    expect(results.map(budgetText)).toEqual([
      '  ✓ assignment IPv4 p50: 20 ms, limit 20 ms',
      '  ✗ assignment IPv4 p95: 900 ms, limit 500 ms',
      '  ✗ assignment IPv6 p50: not measured, limit 20 ms',
      '  ✗ outage failover/pull IPv6 max: 7,000 ms, limit 6,000 ms',
      '  ✓ outage failover IPv4 max: 5,000 ms, limit 6,000 ms',
      '  ✗ scenario one: 1,000 ms, limit 999 ms',
      '  ✗ scenario two: not measured, limit 999 ms',
      '  ✓ run: 60,000 ms, limit 60,000 ms',
    ]);
  });
});

describe('readBudgets', () => {
  it.each([
    ['assignment: { IPv4: { p99: 5 } }', 'assignment.IPv4: Unrecognized key: "p99"'],
    ['assignment: { IPv4: { p50: -5 } }', 'assignment.IPv4.p50: Too small: expected number to be >0'],
    ['a: [', 'Flow sequence in block collection must be sufficiently indented'],
  ])('says of %s what is wrong', async (text, problem) => {
    await using folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-budgets-'));
    const file = path.join(folder.path, 'budgets.yaml');
    await writeFile(file, text);
    const error: unknown = await readBudgets(file).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DUALVIP_BUDGETS_INVALID', exitCode: 64 });
    expect(error instanceof Error && error.message).toContain(`${file} is no file of budgets: ${problem}`);
  });

  it('says that there is none', async () => {
    await expect(readBudgets('/nonexistent.yaml')).rejects.toMatchObject({ code: 'DUALVIP_BUDGETS_INVALID' });
  });
});
