import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { PROJECT_ROOT } from '../../base/folders.ts';
import { loadScenarios } from './load.ts';

const scenarios = await loadScenarios(path.join(PROJECT_ROOT, 'scenarios'));

/** The guide's own names, and ours for the pool of both families. */
const NAMES = {
  pools: ['dual-pool', 'ipv4-pool', 'ipv6-pool'],
  advertise: ['dual-l2adv', 'ipv4-l2adv', 'ipv6-l2adv'],
};

describe('the scenarios', () => {
  it('are named for the claim that they test, for an issue, or for what they are about', () => {
    for (const { id, claim } of scenarios) {
      expect(id).toMatch(claim ? new RegExp(`^${claim.toLowerCase()}-`) : /^(?!c\d)/);
    }
  });

  it.each(scenarios.filter(({ claim }) => claim))(
    "$id states the claim in the guide's names",
    ({ pools, advertise }) => {
      expect(NAMES.pools).toEqual(expect.arrayContaining(pools.map(({ name }) => name)));
      expect(NAMES.advertise).toEqual(expect.arrayContaining(advertise.map(({ name }) => name)));
    },
  );

  it.each(scenarios.filter(({ claim }) => claim))(
    '$id looks at the status and at the network of each Service',
    ({ steps }) => {
      const expected = steps.flatMap((step) => (step.kind === 'expect' ? [step.expect.service] : []));
      const probed = steps.flatMap((step) => (step.kind === 'probe' ? [step.probe.service] : []));
      expect(new Set(expected)).toEqual(new Set(probed));
      expect(expected).toContain('web-frontend');
    },
  );
});
