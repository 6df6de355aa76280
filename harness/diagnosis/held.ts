import { familyOf } from '../../base/addresses.ts';
import type { Diagnosis } from '../../reports/record/diagnosis.ts';
import { nameOf, type Facts } from './facts.ts';
import { listing } from './listing.ts';
import { contains } from './pool.ts';
import { sharingObstacle } from './sharing.ts';

/** What is wrong with the addresses that a Service has. */
export function diagnoseHeld(facts: Facts): Diagnosis[] {
  return [...diagnoseStray(facts), ...diagnoseConflict(facts)];
}

/** Their pool was deleted or made smaller. */
function diagnoseStray({ service, implementation }: Facts): Diagnosis[] {
  const { pools, name } = implementation;
  const stray = service.addresses.filter((address) => !pools.some((pool) => contains(pool, address)));
  if (stray.length === 0) return [];
  return [
    {
      cause: 'address-outside-pools',
      ...familyOfOne(stray),
      text: `Service ${nameOf(service)} has ${listing(stray)}, of no pool of ${name}, so nobody announces it.`,
      fix: `Add ${listing(stray)} to the ranges of a pool, or create the Service anew.`,
      evidence:
        pools.length > 0
          ? pools.map((pool) => `pool ${pool.name}: ${pool.ranges.join(', ')}`)
          : ['there is no pool'],
    },
  ];
}

/** Two Services have what they may not share. */
function diagnoseConflict({ service, others, implementation }: Facts): Diagnosis[] {
  const [annotation] = implementation.annotations.share;
  return others.flatMap((rival): Diagnosis[] => {
    const common = service.addresses.filter((address) => rival.addresses.includes(address));
    const obstacle = common.length > 0 && sharingObstacle(service, rival, annotation);
    if (!obstacle) return [];
    return [
      {
        cause: 'shared-address-conflict',
        ...familyOfOne(common),
        text: `Services ${nameOf(service)} and ${nameOf(rival)} both have ${listing(common)} and may not share: ${obstacle.text}.`,
        fix: obstacle.fix,
        evidence: [`${nameOf(rival)} has ${rival.addresses.join(', ')}, too`],
      },
    ];
  });
}

function familyOfOne([address, ...more]: readonly string[]): Pick<Diagnosis, 'family'> {
  return address !== undefined && more.length === 0 ? { family: familyOf(address) } : {};
}
