import { describe, expect, it } from 'vitest';

import { scenarioWith } from '../fixtures.ts';
import type { Observation, ScenarioRecord, Verdict } from '../record/record.ts';
import { measuredOf, renderTruthTable, type Outcome, type TruthRow } from './truth-table.ts';

const SHAPES = ['one-dual', 'separate'];

/** A Service with these addresses when the step ended, and without them later. */
function seen(step: string, at: number, addresses: string[]): Observation[] {
  const service = {
    kind: 'service',
    service: 'web-frontend',
    uid: 'u1',
    deleted: false,
    ipFamilies: ['IPv4', 'IPv6'],
    clusterIPs: [],
  } as const;
  return [
    { ...service, ipFamilies: [...service.ipFamilies], clusterIPs: [], at, addresses },
    { kind: 'step', at: at - 1, id: step, step: 'expect', endedAt: at + 1 },
    { ...service, ipFamilies: [...service.ipFamilies], clusterIPs: [], at: at + 2, addresses: [] },
  ];
}

function recordOf(
  verdict: Verdict,
  observations: Observation[],
  more: Partial<ScenarioRecord> = {},
): ScenarioRecord {
  return { ...scenarioWith(verdict), checks: [], deviation: undefined, observations, ...more };
}

function row(changes: Partial<TruthRow> & { expected?: Outcome[] }): TruthRow {
  const { expected = [['IPv4', 'IPv6']], ...rest } = changes;
  const steps = ['created', 'after'];
  return {
    id: 'model-dual-prefer-v4-v6-one-dual-create',
    topology: 'dual',
    policy: 'PreferDualStack',
    families: '[IPv4, IPv6]',
    shape: 'one-dual',
    operation: 'create',
    service: 'web-frontend',
    phases: expected.map((one, index) => ({ step: steps[index] ?? '', expected: one })),
    ...rest,
  };
}

const both = ['10.0.50.1', 'fd00:1::1'];

describe('renderTruthTable', () => {
  it('shows what is expected, of cases that were not run', () => {
    const rows = [
      row({}),
      row({ shape: 'separate', expected: [['IPv6', 'IPv4']] }),
      row({ policy: 'SingleStack', expected: ['refused'] }),
      row({ operation: 'remove-pool', shape: 'separate', expected: [['IPv4', 'IPv6'], []] }),
    ];
    expect(renderTruthTable(rows, { colors: false, shapes: SHAPES })).toBe(
      `dual, create
POLICY           FAMILIES      one-dual  separate
PreferDualStack  [IPv4, IPv6]  46        64
SingleStack      [IPv4, IPv6]  x

dual, remove-pool
POLICY           FAMILIES      separate
PreferDualStack  [IPv4, IPv6]  46›-

46: an IPv4 and an IPv6 address, IPv4 first; -: Pending; x: refused by the API; ›: then, after the operation; empty: no case, or another shows the same
`,
    );
  });

  it('shows what was measured where it differs, and names each such case below', () => {
    const known = {
      summary: 'the second family gets none',
      versions: '*',
      upstream: ['https://example.com/1'],
    };
    const failed = {
      step: 'created',
      subject: 'pair' as const,
      ok: false,
      expected: 'exactly 2 addresses',
      observed: '10.0.50.1 (dual-pool)',
    };
    const rows = [
      row({ id: 'a', record: recordOf('pass', seen('created', 10, both)) }),
      row({
        id: 'b',
        shape: 'separate',
        record: recordOf('expected-fail', seen('created', 10, ['10.0.50.1']), { deviation: known }),
      }),
      row({
        id: 'c',
        policy: 'unset',
        record: recordOf('fail', seen('created', 10, ['10.0.50.1']), { checks: [failed], title: 'C' }),
      }),
      row({
        id: 'd',
        policy: 'unset',
        shape: 'separate',
        record: recordOf('error', [], { reason: 'the API is gone', title: 'D' }),
      }),
    ];
    expect(renderTruthTable(rows, { colors: false, shapes: SHAPES })).toBe(
      `dual, create
POLICY           FAMILIES      one-dual  separate
PreferDualStack  [IPv4, IPv6]  ✓ 46      ~ 46 ≠ 4
unset            [IPv4, IPv6]  ✗ 46 ≠ 4  ! 46

46: an IPv4 and an IPv6 address, IPv4 first; -: Pending; x: refused by the API; ›: then, after the operation; ≠: expected on the left, measured on the right; empty: no case, or another shows the same
✓ as claimed
~ refuted as known: not as claimed, and exactly as the known deviation says
✗ not as claimed, and not as any known deviation
! the harness failed, which says nothing of the claim

~ the second family gets none (1 case)
    https://example.com/1
    b  expected IPv4 and IPv6, measured IPv4

✗ c
    C
    expected IPv4 and IPv6, measured IPv4
    created, pair: expected exactly 2 addresses, observed 10.0.50.1 (dual-pool)

! d
    D
    the API is gone
`,
    );
  });

  it('puts shapes below one another where the terminal is too narrow', () => {
    const rows = [row({}), row({ shape: 'separate' })];
    const [, ...lines] = renderTruthTable(rows, { colors: false, columns: 41, shapes: SHAPES }).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'POLICY           FAMILIES      one-dual',
      'PreferDualStack  [IPv4, IPv6]  46',
      'POLICY           FAMILIES      separate',
      'PreferDualStack  [IPv4, IPv6]  46',
    ]);
  });
});

describe('measuredOf', () => {
  it('is what there was when the step ended, in the order of the status', () => {
    const record = recordOf('fail', [
      ...seen('created', 10, ['10.0.50.1']),
      ...seen('after', 20, both.toReversed()),
    ]);
    expect(measuredOf(row({ expected: [['IPv4'], ['IPv4', 'IPv6']], record }))).toEqual([
      ['IPv4'],
      ['IPv6', 'IPv4'],
    ]);
  });

  it('is the answer of the API where a refusal is expected', () => {
    const answer = { kind: 'answer', at: 1, step: 'created', message: '' } as const;
    const measured = (accepted: boolean) =>
      measuredOf(row({ expected: ['refused'], record: recordOf('fail', [{ ...answer, accepted }]) }));
    expect(measured(false)).toEqual(['refused']);
    expect(measured(true)).toEqual(['taken']);
  });

  it('is nothing where the case was not run, or the harness failed', () => {
    expect(measuredOf(row({}))).toBeUndefined();
    expect(measuredOf(row({ record: recordOf('error', seen('created', 10, both)) }))).toBeUndefined();
    expect(measuredOf(row({ record: recordOf('fail', []) }))).toEqual([]);
  });
});
