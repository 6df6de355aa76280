import { describe, expect, it } from 'vitest';

import { metallbVersions } from '../../clusters/implementations/metallb/metallb.ts';
import { expectSchema } from '../scenario/schema.ts';
import { SCENARIOS_FOLDER } from '../run/plan.ts';
import { loadScenarios } from '../scenario/load.ts';
import { deviationOf, loadDeviations, type Deviation } from './deviation.ts';

const scenarios = await loadScenarios(SCENARIOS_FOLDER);
const deviation = (fields: Partial<Deviation>): Deviation => ({
  scenarios: ['c2'],
  versions: '*',
  summary: 'x',
  upstream: [],
  invariants: [],
  steps: {},
  ...fields,
});
const ref = (version: string, mode = 'native') => ({ name: 'metallb', version, mode });

describe('loadDeviations', () => {
  it('reads those of MetalLB; each is about a scenario that exists', async () => {
    const deviations = await loadDeviations('metallb', scenarios);
    const known = new Set(scenarios.map(({ id }) => id));
    expect(deviations.flatMap((one) => one.scenarios).filter((id) => !known.has(id))).toEqual([]);
    expect(deviations.length).toBeGreaterThan(3);
  });

  it('has one at most for each step of a scenario and version', async () => {
    const deviations = await loadDeviations('metallb', scenarios);
    for (const version of await metallbVersions()) {
      for (const { id } of scenarios) {
        const applying = deviations.filter((one) => deviationOf([one], id, ref(version)));
        const steps = applying.flatMap((one) => Object.keys(one.steps));
        expect(steps, `${id} on ${version}`).toEqual([...new Set(steps)]);
      }
    }
  });

  it('is empty for an implementation without a file', async () => {
    expect(await loadDeviations('none', scenarios)).toEqual([]);
  });
});

describe('deviationOf', () => {
  it.each([
    ['>=0.14.9', '0.14.9', true],
    ['>=0.14.9', '0.14.8', false],
    ['<0.14.9', '0.13.12', true],
    ['*', '0.17.0-rc1', true],
  ])('versions %s and %s: %s', (versions, version, applies) => {
    expect(deviationOf([deviation({ versions })], 'c2', ref(version)) !== undefined).toBe(applies);
  });

  it('is about its scenarios and modes only', () => {
    const frr = deviation({ modes: ['frr'] });
    expect(deviationOf([frr], 'c2', ref('0.16.1'))).toBeUndefined();
    expect(deviationOf([frr], 'c2', ref('0.16.1', 'frr'))).toEqual({ ...frr, mayViolate: [] });
    expect(deviationOf([deviation({})], 'c3', ref('0.16.1'))).toBeUndefined();
  });

  it('makes one of several', () => {
    const steps = { assigned: { expect: expectSchema.parse({ service: 'web', pending: true }) } };
    const all = [
      deviation({ versions: '>=0.14.9', summary: 'one', upstream: ['https://example.com/1'], steps }),
      deviation({
        versions: '*',
        summary: 'other',
        upstream: ['https://example.com/1'],
        invariants: ['stays'],
      }),
      deviation({ versions: '<0.14.9', summary: 'of another version', invariants: ['unique'] }),
    ];
    expect(deviationOf(all, 'c2', ref('0.16.1'))).toEqual({
      scenarios: ['c2'],
      versions: '>=0.14.9 and *',
      summary: 'one; other',
      upstream: ['https://example.com/1'],
      invariants: ['stays'],
      mayViolate: [],
      steps,
    });
  });

  describe('by chance', () => {
    const pending = { expect: expectSchema.parse({ service: 'web', pending: true }) };
    const chance = deviation({ chance: true, steps: { after: pending }, invariants: ['stays', 'unique'] });

    it('need not be seen: no step of it, and no invariant', () => {
      expect(deviationOf([chance], 'c2', ref('0.16.1'))).toEqual({
        ...chance,
        steps: { after: { ...pending, chance: true } },
        invariants: [],
        mayViolate: ['stays', 'unique'],
      });
    });

    it('beside one that is certain leaves that one certain', () => {
      const certain = deviation({ steps: { before: pending }, invariants: ['stays'] });
      for (const all of [
        [chance, certain],
        [certain, chance],
      ]) {
        const { chance: whole, steps, invariants, mayViolate } = deviationOf(all, 'c2', ref('0.16.1')) ?? {};
        expect({ whole, steps, invariants, mayViolate }).toEqual({
          whole: undefined,
          steps: { before: pending, after: { ...pending, chance: true } },
          invariants: ['stays'],
          mayViolate: ['unique'],
        });
      }
    });
  });
});
