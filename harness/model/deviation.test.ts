import { describe, expect, it } from 'vitest';

import type { ImplementationRef } from '../../clusters/implementations/implementation.ts';
import { POLICIES, type Case } from './case.ts';
import { modelOf } from './cases.ts';
import {
  loadModelDeviations,
  modelDeviationOf,
  modelDeviationsOf,
  parseModelDeviations,
} from './deviation.ts';

const REF: ImplementationRef = { name: 'some', version: '1.2.0', mode: 'native' };
const CASE: Case = {
  topology: 'dual',
  policy: 'PreferDualStack',
  families: 'v6-v4',
  shape: 'separate',
  operation: 'create',
};

const file = `${process.cwd()}/clusters/implementations/some/model-deviations.yaml`;
const parse = (text: string) => parseModelDeviations(file, text);
const rule = (text: string) => parse(`- { versions: '*', summary: it differs, upstream: [], ${text} }`);

/** What is expected of each phase instead, as `4`, `64` or `-`. */
function instead(text: string, one: Partial<Case> = {}): string[] | undefined {
  const steps = modelDeviationOf(rule(text), { ...CASE, ...one }, REF)?.steps;
  return (
    steps &&
    Object.values(steps).map(
      ({ expect: step }) => step?.addresses?.map(({ family }) => family.slice(-1)).join('') ?? '-',
    )
  );
}

describe('modelDeviationOf', () => {
  it('gives a Service one address: the one that it has, else that of its primary family', () => {
    const one = 'when: { pools: [separate] }, gets: one';
    expect(instead(one)).toEqual(['6']);
    expect(instead(one, { shape: 'ipv4-only', operation: 'add-pool' })).toEqual(['4', '4']);
    expect(instead(one, { operation: 'remove-pool' })).toEqual(['6', '4']);
  });

  it('gives it none', () => {
    expect(instead('when: { policies: [PreferDualStack] }, gets: none')).toEqual(['-']);
  });

  it('gives it what there is, where its policy claims all or nothing', () => {
    const available = 'when: { policies: [RequireDualStack] }, gets: available';
    const required: Partial<Case> = { policy: 'RequireDualStack' };
    expect(instead(available, { ...required, shape: 'ipv4-only' })).toEqual(['4']);
    expect(instead(available, { ...required, operation: 'remove-pool' })).toEqual(['64', '4']);
    expect(instead(available, { ...required, shape: 'none' })).toBeUndefined();
    expect(instead(available, required)).toBeUndefined();
  });

  describe('of a restart', () => {
    const text = 'when: { pools: [ipv4-full], had: [0], operations: [restart] }, gets: all';
    const waiting: Partial<Case> = { policy: 'RequireDualStack', shape: 'ipv4-full' };

    it('gives a Service that waits what another one has', () => {
      expect(instead(text, { ...waiting, operation: 'restart' })).toEqual(['-', '64']);
    });

    it('is of no other operation', () => {
      expect(instead(text, waiting)).toBeUndefined();
      expect(instead(text, { ...waiting, operation: 'to-prefer' })).toBeUndefined();
    });

    it('may be by chance, and then so are the invariants that it violates', () => {
      const chance = rule(`${text}, violates: [unique], chance: true`);
      const one = { ...CASE, ...waiting, operation: 'restart' } as const;
      const { chance: isChance, invariants } = modelDeviationOf(chance, one, REF) ?? {};
      expect({ isChance, invariants }).toEqual({ isChance: true, invariants: ['unique'] });
      const certain = modelDeviationOf(rule(text), one, REF);
      expect(certain && 'chance' in certain).toBe(false);
    });
  });

  it('leaves it what it had, of a pool that is gone, too', () => {
    const kept = 'when: { pools: [none, ipv4-only], had: [1, 2] }, gets: kept';
    const removal: Partial<Case> = { shape: 'one-dual', operation: 'remove-pool' };
    expect(instead(kept, removal)).toEqual(['64', '64']);
    const steps = modelDeviationOf(rule(kept), { ...CASE, ...removal }, REF)?.steps;
    expect(steps?.after?.expect).toMatchObject({
      addresses: [{ family: 'IPv6' }, { family: 'IPv4' }],
      keeps: 'created',
    });
    expect(instead(kept)).toBeUndefined();
  });

  it('changes the order of two addresses', () => {
    expect(instead('when: {}, order: IPv4-first')).toEqual(['46']);
    const late = 'when: { before: [ipv4-full] }, order: IPv6-first';
    const primary: Partial<Case> = { families: 'v4-v6', policy: 'RequireDualStack', shape: 'ipv4-full' };
    expect(instead(late, { ...primary, operation: 'add-pool' })).toEqual(['-', '64']);
    expect(instead(late, primary)).toBeUndefined();
    expect(
      instead('when: { had: [1] }, order: as-gained', { shape: 'ipv6-full', operation: 'add-pool' }),
    ).toEqual(['4', '46']);
  });

  it('has nothing to say where the condition does not hold, or leads to what is claimed', () => {
    expect(instead('when: { policies: [RequireDualStack] }, gets: none')).toBeUndefined();
    expect(instead('when: { families: [v4-v6] }, gets: none')).toBeUndefined();
    expect(instead('when: {}, order: IPv4-first', { families: 'v4-v6' })).toBeUndefined();
    expect(instead('when: {}, gets: one', { policy: 'SingleStack', families: 'v4' })).toBeUndefined();
    expect(instead('when: {}, gets: none', { policy: 'SingleStack' })).toBeUndefined();
  });

  it('has the invariants that do not hold in the last phase', () => {
    const rules = rule('when: { policies: [PreferDualStack] }, violates: [stays, families]');
    const violated = (one: Partial<Case>) => modelDeviationOf(rules, { ...CASE, ...one }, REF)?.invariants;
    expect(violated({})).toEqual(['stays', 'families']);
    expect(violated({ operation: 'restart' })).toEqual(['stays', 'families']);
    expect(violated({ operation: 'to-single' })).toBeUndefined();
  });

  it('lets the first rule that holds count', () => {
    const rules = [...rule('when: { had: [1] }, order: as-gained'), ...rule('when: {}, order: IPv4-first')];
    const migrated: Case = { ...CASE, policy: 'SingleStack', families: 'v6', operation: 'to-prefer' };
    expect(modelDeviationOf(rules, migrated, REF)).toBeUndefined();
  });

  it('keeps to versions and modes', () => {
    const [all] = rule('when: {}, gets: none');
    const of = (more: object) => modelDeviationOf(all ? [{ ...all, ...more }] : [], CASE, REF);
    expect(of({ versions: '<1.2.0' })).toBeUndefined();
    expect(of({ modes: ['frr'] })).toBeUndefined();
    expect(of({ versions: '>=1.2.0', modes: ['native'] })).toMatchObject({ versions: '>=1.2.0' });
  });

  it('is the known deviation of the scenario, with all that it rests on', () => {
    const rules = parse(`
- when: { pools: [separate], policies: [PreferDualStack] }
  gets: one
  versions: '>=1.0.0'
  summary: it gives one
  upstream: [https://example.com/1, https://example.com/2]
- when: { pools: [separate], policies: [RequireDualStack] }
  gets: none
  versions: '*'
  summary: it gives none
  upstream: [https://example.com/1]
`);
    const [deviation] = modelDeviationsOf(rules, [{ ...CASE, operation: 'to-require' }], REF);
    expect(deviation).toMatchObject({
      scenarios: ['model-dual-prefer-v6-v4-separate-to-require'],
      versions: '>=1.0.0',
      summary: 'it gives one; it gives none',
      upstream: ['https://example.com/1', 'https://example.com/2'],
      steps: {
        created: { expect: { addresses: [{ family: 'IPv6', pool: 'ipv6-pool' }], primary: 'IPv6' } },
        after: { expect: { pending: true, loses: 'created' } },
      },
    });
  });
});

describe('parseModelDeviations', () => {
  it.each([
    [
      "when: {}, versions: '*', summary: s, upstream: []",
      '1:3: [0]: say what a Service `gets`, the `order` of its addresses, or what it `violates`',
    ],
    [
      "when: { pools: [two] }, gets: one, versions: '*', summary: s, upstream: []",
      '1:21: [0].when.pools[0]: "two" is not a value of this key',
    ],
    [
      "when: {}, violates: [order], versions: '*', summary: s, upstream: []",
      '1:26: [0].violates[0]: "order" is not a value of this key',
    ],
    [
      'when: {}, gets: one, versions: latest, summary: s, upstream: []',
      '1:36: [0].versions: this is no range of versions, such as ">=0.14.9"',
    ],
  ])('refuses %s', (text, message) => {
    expect(() => parse(`- { ${text} }`)).toThrow(
      `clusters/implementations/some/model-deviations.yaml:${message}`,
    );
  });
});

describe("MetalLB's rules", () => {
  it('know of the addresses that come and go on a single-stack cluster', async () => {
    const rules = await loadModelDeviations('metallb');
    const ref = { name: 'metallb', version: '0.16.1', mode: 'native' };
    const deviations = modelDeviationsOf(rules, modelOf('ipv4').cases, ref).filter(({ invariants }) =>
      invariants.includes('stays'),
    );
    expect(deviations.flatMap(({ scenarios }) => scenarios)).toEqual([
      'model-ipv4-prefer-unset-one-dual-create',
      'model-ipv4-prefer-v4-one-dual-create',
      'model-ipv4-prefer-v4-two-dual-create',
      'model-ipv4-single-v4-one-dual-to-prefer',
      'model-ipv4-single-v4-two-dual-to-prefer',
      'model-ipv4-prefer-v4-one-dual-to-require',
      'model-ipv4-prefer-v4-one-dual-add-family',
      'model-ipv4-prefer-v4-one-dual-add-family-only',
      'model-ipv4-prefer-v4-one-dual-swap-primary',
      'model-ipv4-prefer-v4-none-add-pool',
      'model-ipv4-prefer-v4-two-dual-remove-pool',
      'model-ipv4-prefer-v4-one-dual-restart',
    ]);
  });

  it('hold for 0.16.1 in so many cases, by policy', async () => {
    const rules = await loadModelDeviations('metallb');
    const ref = { name: 'metallb', version: '0.16.1', mode: 'native' };
    const { cases } = modelOf('dual');
    const differing = cases.filter((one) => modelDeviationOf(rules, one, ref));
    const count = (policy: string) => differing.filter((one) => one.policy === policy).length;
    expect(POLICIES.map((policy) => `${policy} ${count(policy)}`)).toEqual([
      'unset 0',
      'SingleStack 11',
      'PreferDualStack 27',
      'RequireDualStack 26',
    ]);
  });

  it('there are none for an implementation without the file', async () => {
    expect(await loadModelDeviations('nobody')).toEqual([]);
  });
});
