import { describe, expect, it } from 'vitest';

import { modelOf } from '../../harness/model/cases.ts';
import type { ScenarioRecord, Verdict } from '../../reports/record/record.ts';
import { scenarioWith } from '../../reports/fixtures.ts';
import { modelWith, type ModelFlags, type RunCases } from './model.ts';

const FLAGS: ModelFlags = { topology: 'dual', list: false, excluded: false, json: false };

const runNothing: RunCases = () => Promise.reject(new Error('nothing is to be run'));

async function run(flags: Partial<ModelFlags>, runCases = runNothing) {
  const lines: string[] = [];
  const exitCode = await modelWith({ ...FLAGS, ...flags }, { print: (text) => lines.push(text) }, runCases);
  return { exitCode, lines: lines.join('\n').split('\n') };
}

/** A record of each case, with this verdict. */
function giving(verdict: Verdict, seen: string[] = []): RunCases {
  return (cases) => {
    seen.push(...cases.map(({ id }) => id));
    return Promise.resolve(cases.map(({ id }): ScenarioRecord => ({ ...scenarioWith(verdict), id })));
  };
}

describe('model --list', () => {
  it('shows what is expected of each case', async () => {
    const { lines, exitCode } = await run({ list: true });
    const line = (id: string) => lines.find((one) => one.includes(` ${id} `))?.replaceAll(/ {2,}/g, ' | ');
    expect(line('model-dual-prefer-v4-v6-ipv4-only-add-pool')).toBe(
      'C13 | model-dual-prefer-v4-v6-ipv4-only-add-pool | IPv4 | IPv4 and IPv6',
    );
    expect(line('model-dual-require-v4-v6-one-dual-swap-primary')).toBe(
      ' | model-dual-require-v4-v6-one-dual-swap-primary | IPv4 and IPv6 | refused (the primary family cannot be changed), still IPv4 and IPv6',
    );
    expect(line('model-dual-unset-v4-v6-one-dual-create')).toBe(
      ' | model-dual-unset-v4-v6-one-dual-create | refused: SingleStack takes one family',
    );
    expect(lines.at(-1)).toBe('178 cases; 1742 combinations are none, --excluded tells why.');
    expect(exitCode).toBe(0);
  });

  it('takes a pattern, and a claim as that claim', async () => {
    const { lines } = await run({ list: true, testNamePattern: 'C1' });
    expect(new Set(lines.slice(1, -2).map((line) => line.split(' ')[0]))).toEqual(new Set(['C1']));
  });

  it('is JSON where that is asked for', async () => {
    const { lines } = await run({ list: true, json: true, testNamePattern: 'prefer-v6-v4-separate-create' });
    expect(JSON.parse(lines.join('\n'))).toEqual([
      {
        id: 'model-dual-prefer-v6-v4-separate-create',
        topology: 'dual',
        policy: 'PreferDualStack',
        families: '[IPv6, IPv4]',
        shape: 'separate',
        operation: 'create',
        service: 'web-frontend',
        phases: [{ step: 'created', expected: ['IPv6', 'IPv4'] }],
      },
    ]);
  });

  it('tells that nothing matches', async () => {
    await expect(run({ list: true, testNamePattern: 'nope' })).rejects.toThrow(
      'no case of the model matches -t nope',
    );
    await expect(run({ list: true, testNamePattern: '(' })).rejects.toThrow('-t (: not a regular expression');
  });
});

describe('model --excluded', () => {
  it('counts each reason', async () => {
    const { lines } = await run({ excluded: true });
    expect(lines.map((line) => line.replaceAll(/ {2,}/g, ' | '))).toContain(
      '18 | no pool is missing that could be added | model-dual-single-v4-one-dual-add-pool',
    );
  });

  it('names each combination in JSON', async () => {
    const { lines } = await run({ excluded: true, json: true });
    expect(JSON.parse(lines.join('\n'))).toHaveLength(1742);
  });
});

describe('model', () => {
  it('runs the cases and shows the table', async () => {
    const ids: string[] = [];
    const { lines, exitCode } = await run({}, giving('pass', ids));
    expect(ids.length).toBe(modelOf('dual').cases.length);
    expect(lines[0]).toBe('dual, create');
    expect(exitCode).toBe(0);
  });

  it.each<[Verdict, number]>([
    ['expected-fail', 0],
    ['fail', 1],
    ['unexpected-pass', 1],
    ['error', 2],
  ])('ends by the verdicts: %s, %d', async (verdict, exitCode) => {
    expect((await run({ testNamePattern: 'two-dual-create' }, giving(verdict))).exitCode).toBe(exitCode);
  });

  it('tells expected and measured in JSON', async () => {
    const { lines } = await run({ json: true, testNamePattern: 'prefer-v4-v6-one-dual-create' }, () =>
      Promise.resolve([]),
    );
    expect(JSON.parse(lines.join('\n'))).toMatchObject([
      { id: 'model-dual-prefer-v4-v6-one-dual-create', phases: [{ expected: ['IPv4', 'IPv6'] }] },
    ]);
  });
});
