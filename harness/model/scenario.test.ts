import { mkdtempDisposable } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { TOPOLOGIES } from '../../clusters/topology.ts';
import { loadScenarios } from '../scenario/load.ts';
import { scenarioSchema } from '../scenario/schema.ts';
import type { Case } from './case.ts';
import { modelOf } from './cases.ts';
import { fieldsOf, writeScenario } from './scenario-folder.ts';
import { toScenario } from './scenario.ts';

const CASE: Case = {
  topology: 'dual',
  policy: 'PreferDualStack',
  families: 'v6-v4',
  shape: 'ipv4-only',
  operation: 'add-pool',
};

describe('toScenario', () => {
  it('sets up, creates, expects, changes and expects', () => {
    const scenario = toScenario(CASE);
    expect(scenario).toMatchObject({
      id: 'model-dual-prefer-v6-v4-ipv4-only-add-pool',
      title: 'PreferDualStack [IPv6, IPv4], an IPv4 pool only, missing pool added: IPv6 and IPv4',
      claim: 'C13',
      topologies: ['dual'],
      ranges: { v4: { family: 'IPv4', size: 4 }, v6: { family: 'IPv6', size: 4 } },
      pools: [{ name: 'ipv4-pool', ranges: ['v4'] }],
      advertise: [],
    });
    expect(scenario.manifests['service.yaml']).toContain(
      '  ipFamilyPolicy: PreferDualStack\n  ipFamilies: [IPv6, IPv4]\n',
    );
    expect(scenario.steps).toMatchObject([
      { id: 'service', apply: ['service.yaml'] },
      {
        id: 'created',
        expect: { addresses: [{ family: 'IPv4', pool: 'ipv4-pool' }], order: 'any', primary: 'IPv6' },
      },
      { id: 'change', pools: { put: [{ name: 'ipv6-pool', ranges: ['v6'] }] } },
      {
        id: 'after',
        expect: {
          addresses: [
            { family: 'IPv6', pool: 'ipv6-pool' },
            { family: 'IPv4', pool: 'ipv4-pool' },
          ],
          order: 'listed',
          keeps: 'created',
        },
      },
    ]);
  });

  it('lets another Service use up a family first', () => {
    const scenario = toScenario({ ...CASE, shape: 'ipv6-full', operation: 'create' });
    expect(scenario.ranges).toEqual({
      v4: { family: 'IPv4', size: 4 },
      v6: { family: 'IPv6', size: 1 },
    });
    expect(scenario.manifests['occupant.yaml']).toContain('ipFamilies: [IPv6]');
    expect(scenario.steps.slice(0, 2)).toMatchObject([
      { apply: ['occupant.yaml'] },
      { expect: { service: 'occupant', addresses: [{ family: 'IPv6', pool: 'dual-pool' }] } },
    ]);
  });

  it('expects a refusal, and that nothing has changed', () => {
    expect(toScenario({ ...CASE, shape: 'one-dual', operation: 'swap-primary' }).steps).toMatchObject([
      {},
      {},
      {
        patch: { patch: { spec: { ipFamilies: ['IPv4', 'IPv6'] } } },
        rejected: 'as indicated by `ipFamilies\\[0\\]`',
      },
      { expect: { primary: 'IPv6', keeps: 'created' } },
    ]);
    expect(toScenario({ ...CASE, policy: 'SingleStack', operation: 'create' }).steps).toMatchObject([
      { apply: ['service.yaml'], rejected: 'when multiple IP families are specified' },
    ]);
  });

  it('expects that RequireDualStack gives up the one address that it cannot complete', () => {
    const { steps } = toScenario({ ...CASE, operation: 'to-require' });
    expect(steps.at(-1)).toMatchObject({ expect: { pending: true, loses: 'created' } });
  });

  it('does not say that an address is kept whose pool may be the one that is taken away', () => {
    const { steps } = toScenario({ ...CASE, shape: 'two-dual', operation: 'remove-pool' });
    expect(steps.at(-1)).not.toHaveProperty('expect.keeps');
    const moved = toScenario({ ...CASE, shape: 'two-dual', operation: 'restart' });
    expect(moved.steps.at(-1)).toHaveProperty('expect.keeps', 'created');
  });

  it('is what the loader reads of it, for each operation with each shape', async () => {
    await using root = await mkdtempDisposable(path.join(os.tmpdir(), 'dualvip-model-'));
    const kinds = Map.groupBy(modelOf('dual').cases, ({ shape, operation }) => `${shape} ${operation}`);
    const written = [...kinds.values()].flatMap(([one]) => (one ? [toScenario(one)] : []));
    for (const scenario of written) await writeScenario(scenario, root.path);
    const loaded = new Map((await loadScenarios(root.path)).map((one) => [one.id, one]));
    for (const scenario of written) {
      const folder = path.join(root.path, scenario.id);
      expect(loaded.get(scenario.id)).toEqual({ ...scenario, folder });
    }
  });

  it('is sound by itself, for every case', () => {
    for (const one of TOPOLOGIES.flatMap((topology) => modelOf(topology).cases)) {
      const { folder: _folder, manifests: _manifests, ...written } = toScenario(one);
      const file = { ...written, steps: written.steps.map(fieldsOf) };
      expect(scenarioSchema.parse(file)).toEqual(file);
    }
  });
});
