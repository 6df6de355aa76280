import type { Family } from '../../base/addresses.ts';
import type { PoolFacts } from '../../clusters/implementations/facts.ts';
import type { Diagnosis } from '../../reports/record/diagnosis.ts';
import { nameOf, toldOf, type Facts } from './facts.ts';
import { listing } from './listing.ts';
import { hasFamily, rangesOf } from './pool.ts';

/** No pool that the Service may use has both families. */
export function separatePools(facts: Facts, usable: readonly PoolFacts[]): Diagnosis {
  const { service, implementation } = facts;
  const parts = service.ipFamilies.map((family) => `${family} in ${listing(namesOf(usable, family))}`);
  const [target] = usable;
  return {
    cause: 'separate-pools',
    text: `${implementation.name} takes all addresses of a Service from one pool, and none that Service ${nameOf(service)} may use has both families: ${listing(parts)}.`,
    fix: target ? moveFix(facts, usable, target) : '',
    evidence: [...usable.map(rangeText), toldOf(facts)],
  };
}

/** The Service keeps the address that it has, and that one's pool lacks the other family. */
export function homePool(facts: Facts, usable: readonly PoolFacts[], home: PoolFacts): Diagnosis[] {
  const { service, implementation } = facts;
  const [annotation] = implementation.annotations.pool;
  const dual = usable.find((pool) => service.ipFamilies.every((family) => hasFamily(pool, family)));
  return service.ipFamilies
    .filter((family) => !hasFamily(home, family))
    .map((family) => ({
      cause: 'separate-pools',
      family,
      text: `${implementation.name} takes all addresses of a Service from one pool, and pool ${home.name}, of which Service ${nameOf(service)} has ${listing(service.addresses)}, has no ${family} range: that is in ${listing(namesOf(usable, family))}.`,
      fix:
        dual && annotation !== undefined
          ? `Ask for pool ${dual.name} with the annotation ${annotation}: ${dual.name}, by which the address changes, too.`
          : moveFix(facts, usable, home),
      evidence: [...usable.map(rangeText), toldOf(facts)],
    }));
}

function namesOf(pools: readonly PoolFacts[], family: Family): string[] {
  return pools.filter((pool) => hasFamily(pool, family)).map(({ name }) => name);
}

/** A pool and all of its ranges, as evidence. */
export function rangeText({ name, ranges }: PoolFacts): string {
  return `pool ${name}: ${ranges.join(', ')}`;
}

/** Pools may not overlap, so that a range has to leave the one for the other. */
function moveFix({ service }: Facts, pools: readonly PoolFacts[], target: PoolFacts): string {
  const moves = service.ipFamilies
    .filter((family) => !hasFamily(target, family))
    .flatMap((family) => {
      const source = pools.find((pool) => hasFamily(pool, family));
      return source
        ? [`move ${listing(rangesOf(source, family))} from pool ${source.name} to pool ${target.name}`]
        : [];
    });
  return `Give one pool ranges of both families: ${listing(moves)}.`;
}
