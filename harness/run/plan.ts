import path from 'node:path';

import { parseAddress } from '../../base/addresses.ts';
import { UsageError } from '../../base/errors.ts';
import { PROJECT_ROOT } from '../../base/folders.ts';
import type { ClusterNetwork } from '../../clusters/network.ts';
import type { Topology } from '../../clusters/topology.ts';
import { carve, placedRange, writtenRange, type CarvedRange, type WantedRange } from '../scenario/carve.ts';
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

/** Where ranges are to be, as `first-last`, by scenario and name. */
export type PlacedRanges = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The ranges of all scenarios, by scenario id: cut out of the cluster's network and disjoint, but for those that a
 * scenario has written down, and those that have a place.
 */
export function carveAll(
  scenarios: readonly Scenario[],
  network: Pick<ClusterNetwork, 'subnets' | 'occupied' | 'gateways'>,
  placed: PlacedRanges = {},
): Map<string, CarvedRange[]> {
  const { wanted, written } = wantedRanges(scenarios, placed);
  const carved = carve({
    subnets: network.subnets,
    ranges: wanted,
    occupied: network.occupied.map(parseAddress),
    gateways: Object.values(network.gateways).map(parseAddress),
  });
  return Map.groupBy([...carved, ...written], ({ scenario }) => scenario);
}

/** What scenarios want to be cut out, and what they have written down. */
function wantedRanges(scenarios: readonly Scenario[], placed: PlacedRanges) {
  const wanted: WantedRange[] = [];
  const written: CarvedRange[] = [];
  for (const { id: scenario, ranges } of scenarios) {
    for (const [name, { family, size, addresses }] of Object.entries(ranges)) {
      const place = placed[scenario]?.[name];
      const range = { scenario, name, family, size: size ?? 1 };
      if (addresses === undefined && place !== undefined) written.push(placedRange(range, place));
      else if (addresses === undefined) wanted.push(range);
      else written.push(writtenRange({ scenario, name, family, addresses }));
    }
  }
  return { wanted, written };
}
