import { describe, expect, it } from 'vitest';

import { TOPOLOGIES, type Topology } from '../../clusters/topology.ts';
import { nameSchema } from '../scenario/schema.ts';
import { caseId, combinations, OPERATIONS, SHAPES, type Case } from './case.ts';
import { modelOf } from './cases.ts';
import { expectedOf } from './outcome.ts';

const MODELS = new Map(TOPOLOGIES.map((topology) => [topology, modelOf(topology)]));

function model(topology: Topology) {
  const found = MODELS.get(topology);
  if (!found) throw new Error(`no model of ${topology}`);
  return found;
}

const storedOf = (one: Case) => {
  const expected = expectedOf(one);
  return 'created' in expected ? JSON.stringify(expected.created.spec) : 'refused';
};

describe('modelOf', () => {
  it.each<[Topology, number]>([
    ['dual', 178],
    ['dual-v6-primary', 178],
    ['dual-iptables', 178],
    ['ipv4', 74],
    ['ipv6', 74],
  ])('%s: %d cases', (topology, count) => {
    expect(model(topology).cases.length).toBe(count);
  });

  it.each(TOPOLOGIES)('%s: each combination is a case, or is excluded with a reason', (topology) => {
    const { cases, excluded } = model(topology);
    const ids = [...cases, ...excluded.map((one) => one.case)].map(caseId);
    expect(new Set(ids)).toEqual(new Set(combinations(topology).map(caseId)));
    expect(ids.length).toBe(new Set(ids).size);
    expect(excluded.filter(({ reason }) => reason === '')).toEqual([]);
  });

  it.each(TOPOLOGIES)('%s: ids are names that the API takes', (topology) => {
    for (const one of model(topology).cases) expect(nameSchema.safeParse(caseId(one)).success).toBe(true);
  });

  it('creates a Service of each manifest, and each that is stored with each shape', () => {
    const created = model('dual').cases.filter(({ operation }) => operation === 'create');
    expect(created.filter(({ shape }) => shape === 'one-dual').length).toBe(20);
    for (const shape of SHAPES) {
      const stored = created.filter((one) => one.shape === shape).map(storedOf);
      expect(new Set(stored.filter((text) => text !== 'refused')).size).toBe(6);
    }
  });

  it('does each operation with each Service and with each shape that it makes sense with', () => {
    const { cases, excluded } = model('dual');
    const turns = excluded.filter(({ reason }) => reason.startsWith('takes turns')).map((one) => one.case);
    const done = (key: (one: Case) => string) => new Set(cases.map(key));
    for (const key of [
      (one: Case) => `${one.operation} ${storedOf(one)}`,
      (one: Case) => `${one.operation} ${one.shape}`,
    ]) {
      expect(turns.map(key).filter((text) => !done(key).has(text))).toEqual([]);
    }
    expect(new Set(cases.map(({ operation }) => operation)).size).toBe(OPERATIONS.length);
  });

  it.each([
    ['model-dual-single-v4-one-dual-to-single', 'the policy is SingleStack already'],
    ['model-dual-single-v4-v6-one-dual-restart', 'the API refuses the Service, so there is none to change'],
    ['model-dual-single-v4-v6-separate-create', 'the API refuses the Service without a look at the pools'],
    [
      'model-dual-prefer-unset-separate-restart',
      'it is stored as a Service whose manifest says everything, which is the one that is changed',
    ],
    ['model-dual-single-v4-one-dual-drop-family', 'the Service has no second family'],
    ['model-dual-prefer-v4-v6-one-dual-add-family', 'the Service has both families already'],
    ['model-dual-prefer-v4-v6-separate-add-pool', 'no pool is missing that could be added'],
    ['model-dual-prefer-v4-v6-none-remove-pool', 'there is no pool that could be taken away'],
    ['model-dual-single-v4-separate-swap-primary', 'the API refuses the change without a look at the pools'],
    [
      'model-dual-prefer-unset-separate-create',
      'takes turns, here with model-dual-prefer-v4-separate-create',
    ],
    [
      'model-ipv6-single-v6-ipv4-full-create',
      'no Service can use up IPv4 addresses on a cluster that has no IPv4',
    ],
  ])('%s: %s', (id, reason) => {
    const all = TOPOLOGIES.flatMap((topology) => model(topology).excluded);
    expect(all.find((one) => caseId(one.case) === id)?.reason).toBe(reason);
  });
});
