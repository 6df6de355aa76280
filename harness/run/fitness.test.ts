import { beforeAll, describe, expect, it } from 'vitest';

import { carveGiven, type Given } from '../scenario/given-ranges.ts';
import { loadScenarios } from '../scenario/load.ts';
import type { Scenario } from '../scenario/schema.ts';
import { othersOf, unfitness, type Surroundings } from './fitness.ts';
import { SCENARIOS_FOLDER } from './plan.ts';

const GIVEN: Given = { IPv4: '192.168.0.1-192.168.3.254', IPv6: 'fd00:1::f000-fd00:1::f7ff' };

let scenarios: Map<string, Scenario>;

beforeAll(async () => {
  scenarios = new Map((await loadScenarios(SCENARIOS_FOLDER)).map((one) => [one.id, one]));
});

function whyNot(id: string, surroundings: Partial<Surroundings> = {}, given = GIVEN): string | undefined {
  const scenario = scenarios.get(id);
  if (!scenario) throw new Error(`no scenario ${id}`);
  return unfitness(scenario, {
    topology: 'dual',
    places: carveGiven([scenario], given),
    openPools: [],
    openAdvertisements: [],
    hasOthers: false,
    tellsServiceCIDRs: true,
    ...surroundings,
  });
}

describe('unfitness', () => {
  it.each(['c2-dual-pool', 'c2-separate-pools', 'c8-no-advertisement', 'c14-ipv6-exhausted'])(
    '%s can be run where nobody else has pools',
    (id) => {
      expect(whyNot(id)).toBeUndefined();
    },
  );

  it.each([
    ['controller-restart-keeps', 'it restarts the controller'],
    ['bgp-ipv4', 'it announces by BGP, to a router that only a cluster of dualvip’s own has'],
    ['c16-ipv6-not-routed', 'it puts a router between client and nodes'],
    ['reach-from-inside', 'it connects from within the cluster'],
    ['announced-node-selected', 'it names nodes of a cluster of dualvip’s own'],
    [
      'pool-range-rejected',
      'it makes pools that are not valid, which MetalLB would stop at for everybody if they were taken',
    ],
    ['many-services', 'it makes 200 Services'],
  ])('%s is not: %s', (id, why) => {
    expect(whyNot(id)).toBe(why);
  });

  it('is about the families of the cluster, and the ranges that were given', () => {
    expect(whyNot('c2-dual-pool', { topology: 'ipv4' })).toBe(
      'the cluster is ipv4, and it is for dual, dual-v6-primary, dual-iptables',
    );
    expect(whyNot('c2-dual-pool', {}, { IPv4: GIVEN.IPv4 ?? '' })).toBe(
      'it takes IPv6 addresses, and no range of them was given',
    );
  });

  it('is not run where a pool of somebody else would serve it instead', () => {
    const others = { openPools: ['lan'], hasOthers: true };
    expect(whyNot('c2-separate-pools', others)).toBe(
      'pool lan would serve it where its own pools are not to',
    );
    expect(whyNot('c14-ipv6-exhausted', others)).toBe(
      'its diagnosis would see pools and advertisements of others',
    );
    // All that its Services can ask for, its own pool has.
    expect(whyNot('c2-dual-pool', others)).toBeUndefined();
  });

  it('is not run where an advertisement of somebody else would announce what it does not', () => {
    const others = { openAdvertisements: ['all'], hasOthers: true };
    expect(whyNot('c8-no-advertisement', others)).toBe('advertisement all would announce what it does not');
    expect(whyNot('c2-dual-pool', others)).toBeUndefined();
  });
});

describe('othersOf', () => {
  const pool = { name: 'lan', ranges: [], autoAssign: true, avoidBuggyIPs: false, serviceSelectors: [] };
  const advertisement = { kind: 'L2Advertisement', pools: ['lan'], nodes: [], serviceSelectors: [] };

  it('names what may serve or announce anything', () => {
    const facts = {
      pools: [
        pool,
        { ...pool, name: 'asked-for', autoAssign: false },
        { ...pool, name: 'of-shop', namespaces: ['shop'] },
        { ...pool, name: 'of-all', namespaces: ['shop', 'dualvip-x'] },
      ],
      announcing: {
        advertisements: [
          { ...advertisement, name: 'all', everyPool: true },
          { ...advertisement, name: 'named', everyPool: false },
        ],
        announcers: [],
        heedsExcludeLabel: true,
      },
    };
    expect(othersOf(facts, 'dualvip-x')).toEqual({
      openPools: ['lan', 'of-all'],
      openAdvertisements: ['all'],
      hasOthers: true,
    });
    expect(othersOf({ pools: [] }, 'dualvip-x').hasOthers).toBe(false);
  });
});
