import { describe, expect, it } from 'vitest';

import { scenarioWith } from '../fixtures.ts';
import type { Verdict } from '../record/record.ts';
import { everyCell, head, ipv4First, runOf } from './fixtures.ts';
import { matrixRecordSchema } from './matrix-record.ts';
import { mergeRuns } from './merge.ts';

describe('mergeRuns', () => {
  it('makes a column of each run, in their order, and of one that failed', () => {
    expect(
      everyCell.columns.map(({ run, record, exitCode, error }) => [run, record, exitCode, error?.code]),
    ).toEqual([
      ['run-0.13.12-dual', '../run-0.13.12-dual/run.json', 1, undefined],
      ['run-0.16.1-dual', '../run-0.16.1-dual/run.json', 2, undefined],
      ['run-0.16.1-ipv6', '../run-0.16.1-ipv6/run.json', 0, undefined],
      ['run-0.9.3-dual', undefined, 2, 'DUALVIP_KIND_FAILED'],
    ]);
  });

  it('is what its schema says', () => {
    expect(matrixRecordSchema.parse(everyCell)).toEqual(everyCell);
  });

  it('makes a row of each scenario, as people sort, with a cell of each run that had it', () => {
    expect(everyCell.rows.map(({ id, cells }) => [id, cells.length])).toEqual([
      ['bgp-both-families', 2],
      ['c2-dual-pool', 2],
      ['c2-separate-pools', 2],
      ['c3-ipv6-cluster', 1],
      ['c6-separate-pools-are-served', 2],
      ['c9-ipv6-first', 2],
      ['issue-1339-ipv4-only', 1],
    ]);
  });

  it('keeps of the checks those that do not hold', () => {
    const cell = everyCell.rows.find(({ id }) => id === 'c9-ipv6-first')?.cells[0];
    expect(cell).toMatchObject({
      run: 'run-0.13.12-dual',
      failed: [{ expected: 'in the status IPv6 before IPv4', observed: 'IPv4, IPv6' }],
      deviation: ipv4First,
    });
  });

  it('marks the rows whose columns do not all do the same', () => {
    expect(everyCell.rows.filter(({ differs }) => differs).map(({ id }) => id)).toEqual([
      'c2-separate-pools',
      'c6-separate-pools-are-served',
    ]);
  });

  it.each<[string, Verdict, Verdict, boolean]>([
    ['the same', 'fail', 'fail', false],
    ['one of them fails', 'pass', 'fail', true],
    ['one does not claim the feature', 'pass', 'unsupported', true],
    ['one is known to be fixed', 'expected-fail', 'pass', true],
    ['the harness failed in one', 'pass', 'error', false],
    ['the network failed in one', 'expected-fail', 'inconclusive', false],
  ])('compares what says something of the implementation: %s', (_, one, other, differs) => {
    const scenarios = [one, other].map((verdict) => scenarioWith(verdict, { id: 'x' }));
    const runs = scenarios.map((scenario, index) =>
      runOf({ version: `0.${index}.0`, scenarios: [scenario] }),
    );
    expect(mergeRuns(head, runs).rows.map((row) => row.differs)).toEqual([differs]);
  });

  it('tells two known deviations apart, and not the addresses that were seen', () => {
    const known = scenarioWith('expected-fail');
    const elsewhere = scenarioWith('expected-fail', {
      checks: known.checks.map((check) => ({ ...check, observed: 'other addresses' })),
    });
    const differs = (...scenarios: (typeof known)[]) =>
      mergeRuns(
        head,
        scenarios.map((scenario, index) => runOf({ version: `0.${index}.0`, scenarios: [scenario] })),
      ).rows[0]?.differs;
    expect(differs(known, elsewhere)).toBe(false);
    expect(differs(known, { ...known, deviation: ipv4First })).toBe(true);
  });

  it('makes one text of an unreported deviation, of the newest version that it was seen in', () => {
    expect(everyCell.unreported).toEqual([
      {
        scenario: 'c9-ipv6-first',
        runs: ['run-0.13.12-dual', 'run-0.16.1-dual'],
        madeOf: 'run-0.16.1-dual',
        file: 'unreported/metallb-0.16.1-dual-c9-ipv6-first.md',
      },
    ]);
  });

  it('makes no path of what a record says', () => {
    const scenario = scenarioWith('expected-fail', { id: '../../x', deviation: ipv4First });
    const { unreported } = mergeRuns(head, [runOf({ version: '/etc/1', scenarios: [scenario] })]);
    expect(unreported.map(({ file }) => file)).toEqual(['unreported/metallb-_etc_1-dual-.._.._x.md']);
  });

  it.each([
    ['the worst of the runs', [0, 1] as const, undefined, 1],
    ['a failed run outweighs a verdict', [1, 2] as const, undefined, 2],
    ['all as known', [0, 0] as const, undefined, 0],
    ['an interruption is no success', [0, 0] as const, 'interrupted by SIGINT', 2],
  ])('has the exit code of %s', (_, codes, interrupted, exitCode) => {
    const runs = codes.map((code, index) => runOf({ version: `0.${index}.0`, exitCode: code }));
    expect(mergeRuns({ ...head, ...(interrupted ? { interrupted } : {}) }, runs).exitCode).toBe(exitCode);
  });
});
