import path from 'node:path';

import { parseAddress, type Family } from '../../base/addresses.ts';
import { UsageError } from '../../base/errors.ts';
import { PROJECT_ROOT } from '../../base/folders.ts';
import type { ClusterNetwork } from '../../clusters/network.ts';
import type { Topology } from '../../clusters/topology.ts';
import { carve, type CarvedRange } from '../scenario/carve.ts';
import { loadScenarios } from '../scenario/load.ts';
import type { Scenario } from '../scenario/schema.ts';

export const SCENARIOS_FOLDER = path.join(PROJECT_ROOT, 'scenarios');

/**
 * The scenarios that make sense on a topology, in their order.
 * @throws UsageError `DUALVIP_SCENARIO_INVALID`, `DUALVIP_SCENARIO_NONE`
 */
export async function planScenarios(folder: string, topology: Topology): Promise<Scenario[]> {
  const scenarios = (await loadScenarios(folder)).filter(({ topologies }) => topologies.includes(topology));
  if (scenarios.length > 0) return scenarios;
  throw new UsageError(
    'DUALVIP_SCENARIO_NONE',
    `no scenario in ${folder} is for a cluster of topology ${topology}`,
    {
      hint: 'dualvip list scenarios shows which topologies each is for.',
    },
  );
}

/** Disjoint ranges for all scenarios, by scenario id, out of the cluster's network. */
export function carveAll(
  scenarios: readonly Scenario[],
  network: Pick<ClusterNetwork, 'subnets' | 'occupied' | 'gateways'>,
): Map<string, CarvedRange[]> {
  const ranges = scenarios.flatMap((scenario) =>
    Object.entries(scenario.ranges).map(([name, range]: [string, { family: Family; size: number }]) => ({
      scenario: scenario.id,
      name,
      ...range,
    })),
  );
  const carved = carve({
    subnets: network.subnets,
    ranges,
    occupied: network.occupied.map(parseAddress),
    gateways: Object.values(network.gateways).map(parseAddress),
  });
  return Map.groupBy(carved, ({ scenario }) => scenario);
}
