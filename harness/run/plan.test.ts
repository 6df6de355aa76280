import { describe, expect, it } from 'vitest';

import { canonical } from '../../base/addresses.ts';
import { TOPOLOGIES } from '../../clusters/topology.ts';
import { carveAll, planScenarios, SCENARIOS_FOLDER } from './plan.ts';

const network = {
  subnets: { IPv4: '172.18.0.0/16', IPv6: 'fd00:1::/64' },
  occupied: ['172.18.0.2', 'fd00:1::2'],
  gateways: { IPv4: '172.18.0.1' },
};

describe('planScenarios', () => {
  it('has all of the guide’s claims on a dual-stack cluster, in their order', async () => {
    const scenarios = await planScenarios(SCENARIOS_FOLDER, 'dual');
    const claims = new Set(scenarios.flatMap(({ claim }) => claim ?? []));
    expect([...claims]).toEqual(Array.from({ length: 20 }, (_, index) => `C${index + 1}`));
  });

  it('says so where a topology has no scenario', async () => {
    await expect(planScenarios('nowhere', 'dual')).rejects.toMatchObject({ code: 'DUALVIP_SCENARIO_NONE' });
  });

  it.each(TOPOLOGIES.filter((topology) => topology.startsWith('dual')))(
    'has both orders on %s',
    async (topology) => {
      const ids = (await planScenarios(SCENARIOS_FOLDER, topology)).map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(['c9-ipv4-first', 'c9-ipv6-first']));
    },
  );
});

describe('carveAll', () => {
  it('gives every scenario ranges that no other has', async () => {
    const scenarios = await planScenarios(SCENARIOS_FOLDER, 'dual');
    const carved = [...carveAll(scenarios, network).values()].flat().filter(({ literal }) => !literal);
    const firsts = carved.map(({ first }) => canonical(first));
    expect(firsts.length).toBeGreaterThan(20);
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('leaves addresses as a scenario has written them, the guide’s own', async () => {
    const scenarios = await planScenarios(SCENARIOS_FOLDER, 'dual');
    const ranges = carveAll(scenarios, network).get('bgp-guide-ranges') ?? [];
    expect(ranges.map(({ first, last, size }) => [canonical(first), canonical(last), size])).toEqual([
      ['10.0.50.1', '10.0.50.254', 254],
      ['fd00:1::1', 'fd00:1::fe', 254],
    ]);
  });

  it('is the same each time: the worker carves again', async () => {
    const scenarios = await planScenarios(SCENARIOS_FOLDER, 'dual');
    expect(carveAll(scenarios, network)).toEqual(carveAll(scenarios, network));
  });
});
