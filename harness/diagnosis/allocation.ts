import type { Family } from '../../base/addresses.ts';
import type { PoolFacts } from '../../clusters/implementations/facts.ts';
import type { Diagnosis } from '../../reports/record/diagnosis.ts';
import { missingFamilies, nameOf, toldOf, type Facts } from './facts.ts';
import { listing } from './listing.ts';
import {
  contains,
  describeOccupancy,
  hasFamily,
  obstacleOf,
  occupancyOf,
  rangesOf,
  type Obstacle,
} from './pool.ts';
import { diagnoseRequestedPool } from './request.ts';
import { homePool, rangeText, separatePools } from './separate-pools.ts';

/** Why the pools give a Service no address of a family that its spec has. */
export function diagnoseAllocation(facts: Facts): Diagnosis[] {
  const missing = missingFamilies(facts).filter((family) => facts.service.ipFamilies.includes(family));
  if (missing.length === 0) return [];
  const unknown = diagnoseRequestedPool(facts);
  if (unknown) return [unknown];
  const absent = diagnoseAbsence(facts, missing);
  // A family that no pool offers explains the other one's absence, too: RequireDualStack is both or nothing.
  if (absent.length > 0) return absent;
  const together = facts.implementation.rules.onePoolPerService && facts.service.ipFamilies.length > 1;
  return together
    ? diagnosePair(facts, missing)
    : missing.flatMap((family) => diagnoseFull(facts, family) ?? []);
}

/** The pools that the Service may name, by its annotation or by naming none. */
function askedPools({ service, implementation }: Facts): readonly PoolFacts[] {
  const { pool } = service.request;
  return pool === undefined ? implementation.pools : implementation.pools.filter(({ name }) => name === pool);
}

function obstacle({ service, implementation }: Facts, pool: PoolFacts): Obstacle | undefined {
  return obstacleOf(pool, service, {
    asked: service.request.pool !== undefined,
    poolAnnotation: implementation.annotations.pool[0],
  });
}

/** What keeps a family from a Service before any address is looked for. */
interface Absence {
  /** Undefined: no pool has a range of the family. */
  nearest: { pool: PoolFacts; obstacle: Obstacle } | undefined;
  evidence: string[];
}

/** One diagnosis for both families where both lack the same. */
function diagnoseAbsence(facts: Facts, missing: readonly Family[]): Diagnosis[] {
  const absences = missing.flatMap((family) => {
    const absence = absenceOf(facts, family);
    return absence ? [{ family, absence }] : [];
  });
  const groups = Map.groupBy(absences, ({ absence }) => absence.nearest?.pool.name);
  return [...groups.values()].flatMap((group) => {
    const families = group.map(({ family }) => family);
    const [one] = group;
    return one ? [describeAbsence(facts, families, one.absence)] : [];
  });
}

function absenceOf(facts: Facts, family: Family): Absence | undefined {
  const asked = askedPools(facts);
  const pools = asked.filter((pool) => hasFamily(pool, family));
  if (pools.length === 0) {
    const ranges = asked.map(rangeText);
    return { nearest: undefined, evidence: ranges.length > 0 ? ranges : ['there is no pool'] };
  }
  const refusals = pools.flatMap((pool) => {
    const found = obstacle(facts, pool);
    return found ? [{ pool, obstacle: found }] : [];
  });
  if (refusals.length < pools.length) return undefined;
  return {
    nearest: refusals[0],
    evidence: refusals.map((refusal) => `pool ${refusal.pool.name} ${refusal.obstacle.text}`),
  };
}

function describeAbsence(
  facts: Facts,
  families: readonly Family[],
  { nearest, evidence }: Absence,
): Diagnosis {
  const { service } = facts;
  const [only, second] = families;
  const single = second === undefined ? only : undefined;
  const { pool: named } = service.request;
  const lacking = named === undefined ? 'no pool has' : `pool ${named}, which it asks for, does not have`;
  const reason = nearest
    ? `pool ${nearest.pool.name} ${nearest.obstacle.text}`
    : `${lacking} an ${families.join(' or ')} range`;
  return {
    cause: nearest?.obstacle.cause ?? 'pool-missing',
    ...(single ? { family: single } : {}),
    text: `Service ${nameOf(service)} gets no ${single ? `${single} ` : ''}address, because ${reason}.`,
    fix: nearest?.obstacle.fix ?? missingFix(facts, families),
    evidence: [...evidence, toldOf(facts)],
  };
}

function missingFix({ service, implementation }: Facts, families: readonly Family[]): string {
  const { pool: named } = service.request;
  const ranges = families.map((family) => `an ${family} range`).join(' and ');
  // Where one pool serves the whole Service, a pool of its own would not help the other family.
  const together = implementation.rules.onePoolPerService && service.ipFamilies.length > families.length;
  const partner = named ?? (together ? implementation.pools[0]?.name : undefined);
  return partner === undefined ? `Create a pool with ${ranges}.` : `Add ${ranges} to pool ${partner}.`;
}

/** Both families are to come from one pool. */
function diagnosePair(facts: Facts, missing: readonly Family[]): Diagnosis[] {
  const { service, others } = facts;
  const usable = askedPools(facts).filter((pool) => obstacle(facts, pool) === undefined);
  // An address is kept, so that the other one has to come from its pool.
  const home = usable.find((pool) => service.addresses.some((address) => contains(pool, address)));
  const candidates = home ? [home] : usable;
  const dual = candidates.filter((pool) => service.ipFamilies.every((family) => hasFamily(pool, family)));
  if (dual.length === 0) return home ? homePool(facts, usable, home) : [separatePools(facts, usable)];
  const services = [service, ...others];
  const isFull = (pool: PoolFacts, family: Family) => occupancyOf(pool, family, services).full;
  const exhausted = missing.filter((family) => dual.every((pool) => isFull(pool, family)));
  if (exhausted.length > 0) return exhausted.map((family) => exhaustion(facts, dual, family));
  // Each family is free somewhere, but in no pool are both.
  if (!dual.every((pool) => missing.some((family) => isFull(pool, family)))) return [];
  const [family = 'IPv4'] = missing;
  const { family: _family, ...rest } = exhaustion(facts, dual, family);
  return [
    {
      ...rest,
      text: `Service ${nameOf(service)} gets no addresses, because no pool has a free one of each family.`,
    },
  ];
}

function diagnoseFull(facts: Facts, family: Family): Diagnosis | undefined {
  const { service, others } = facts;
  const pools = askedPools(facts).filter(
    (pool) => hasFamily(pool, family) && obstacle(facts, pool) === undefined,
  );
  return pools.every((pool) => occupancyOf(pool, family, [service, ...others]).full)
    ? exhaustion(facts, pools, family)
    : undefined;
}

function exhaustion(facts: Facts, pools: readonly PoolFacts[], family: Family): Diagnosis {
  const { service, others } = facts;
  const names = pools.map(({ name }) => `pool ${name}`);
  return {
    cause: 'pool-exhausted',
    family,
    text: `Service ${nameOf(service)} gets no ${family} address, because none is free in ${listing(names)}.`,
    fix: `Add ${family} addresses to ${names[0] ?? 'the pool'}, or delete a Service that holds one.`,
    evidence: [
      ...pools.map((pool) =>
        describeOccupancy(pool, family, occupancyOf(pool, family, [service, ...others])),
      ),
      ...pools.map((pool) => `pool ${pool.name}: ${rangesOf(pool, family).join(', ')}`),
      toldOf(facts),
    ],
  };
}
