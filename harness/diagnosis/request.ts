import { canonical, FAMILIES, familyOf, parseAddress, type Family } from '../../base/addresses.ts';
import type { PoolFacts } from '../../clusters/implementations/facts.ts';
import type { Diagnosis } from '../../reports/record/diagnosis.ts';
import { nameOf, toldOf, type Facts } from './facts.ts';
import { listing } from './listing.ts';
import { contains, obstacleOf } from './pool.ts';
import { sharingObstacle } from './sharing.ts';

/** Why requested addresses were not given; undefined where all were, or none is requested. */
export function diagnoseRequest(facts: Facts): Diagnosis | undefined {
  const { service } = facts;
  const { addresses } = service.request;
  if (addresses.length === 0) return undefined;
  const invalid = diagnoseForm(facts);
  if (invalid) return invalid;
  if (hasRequested(facts)) return undefined;
  const requested = addresses.map((address) => canonical(address));
  return (
    diagnoseRequestedFamilies(facts, requested) ??
    diagnoseRequestedPool(facts) ??
    diagnoseOutside(facts, requested) ??
    diagnoseClosedPool(facts, requested) ??
    diagnosePools(facts, requested) ??
    diagnoseTaken(facts, requested)
  );
}

/** Whether a Service has every address that it asks for, in whatever text. */
export function hasRequested({ service }: Facts): boolean {
  const { addresses } = service.request;
  return addresses.every((text) => isAddress(text) && service.addresses.includes(canonical(text)));
}

function evidenceOf(facts: Facts): string[] {
  const { addresses, places } = facts.service.request;
  return [`${places.join(' and ')}: ${addresses.join(',')}`, toldOf(facts)];
}

function diagnoseForm(facts: Facts): Diagnosis | undefined {
  const { service, implementation } = facts;
  const { addresses, places } = service.request;
  const wrong = addresses.filter((text) => !isAddress(text));
  const twice = implementation.rules.requestInOnePlace && places.length > 1;
  if (wrong.length === 0 && !twice) return undefined;
  return {
    cause: 'requested-address-invalid',
    text:
      wrong.length > 0
        ? `Service ${nameOf(service)} asks for ${listing(wrong.map((text) => `"${text}"`))}, which is no IPv4 or IPv6 address.`
        : `Service ${nameOf(service)} asks for addresses in two places: ${listing(places)}.`,
    fix: wrong.length > 0 ? 'Write addresses, separated by commas.' : `Remove ${places.at(-1)}.`,
    evidence: evidenceOf(facts),
  };
}

function isAddress(text: string): boolean {
  try {
    parseAddress(text);
    return true;
  } catch {
    return false;
  }
}

function diagnoseRequestedFamilies(facts: Facts, requested: readonly string[]): Diagnosis | undefined {
  const { service, implementation } = facts;
  const { ipFamilies, ipFamilyPolicy } = service;
  const count = (family: Family) => requested.filter((address) => familyOf(address) === family).length;
  const most = (family: Family) => (ipFamilies.includes(family) ? 1 : 0);
  const least = (family: Family) => (implementation.rules.requestNamesEveryFamily ? most(family) : 0);
  const family =
    FAMILIES.find((one) => count(one) > most(one)) ?? FAMILIES.find((one) => count(one) < least(one));
  if (family === undefined) return undefined;
  return {
    cause: 'requested-address-wrong-family',
    family,
    text: `Service ${nameOf(service)} has ${listing(ipFamilies)} (${ipFamilyPolicy}) and asks for ${listing(requested)}: ${complaint(count(family), most(family), family)}.`,
    fix: `Ask for one ${ipFamilies.join(' and one ')} address, or change the Service's ipFamilies.`,
    evidence: evidenceOf(facts),
  };
}

function complaint(count: number, most: number, family: Family): string {
  if (count === 0) return `no ${family} address among them`;
  return most === 0 ? `${family} is not one of its families` : `${count} ${family} addresses are too many`;
}

/** The pool that the Service names, when there is no such pool. */
export function diagnoseRequestedPool(facts: Facts): Diagnosis | undefined {
  const { service, implementation } = facts;
  const { pool } = service.request;
  const names = implementation.pools.map(({ name }) => name);
  if (pool === undefined || names.includes(pool)) return undefined;
  return {
    cause: 'requested-pool-unknown',
    text: `Service ${nameOf(service)} asks for pool ${pool}, and there is none of that name.`,
    fix: `Create pool ${pool}, or ask for one that there is.`,
    evidence: [names.length > 0 ? `pools: ${listing(names)}` : 'there is no pool', toldOf(facts)],
  };
}

function poolsWith({ implementation }: Facts, address: string): PoolFacts[] {
  return implementation.pools.filter((pool) => contains(pool, address));
}

/** The pools that may serve a requested address: the one that the Service names, too, or all. */
function namedPools({ service, implementation }: Facts): PoolFacts[] {
  const { pool } = service.request;
  return implementation.pools.filter(({ name }) => pool === undefined || name === pool);
}

/** The family of addresses that are all of one. */
function familyOfAll(addresses: readonly string[]): { family?: Family } {
  const [family, ...more] = new Set(addresses.map((address) => familyOf(address)));
  return family !== undefined && more.length === 0 ? { family } : {};
}

/** No pool has the address, or not the one that the Service names, too. */
function diagnoseOutside(facts: Facts, requested: readonly string[]): Diagnosis | undefined {
  const { service } = facts;
  const pools = namedPools(facts);
  const outside = requested.filter((address) => !pools.some((pool) => contains(pool, address)));
  if (outside.length === 0) return undefined;
  const named = service.request.pool;
  const what = listing(outside);
  return {
    cause: 'requested-address-outside-pools',
    ...familyOfAll(outside),
    text: `Service ${nameOf(service)} asks for ${what}, which ${named === undefined ? 'no pool has' : `pool ${named}, which it names too, does not have`}.`,
    fix: `Ask for addresses of ${named === undefined ? 'a pool' : `pool ${named}`}, or add ${what} to its ranges.`,
    evidence: [
      ...evidenceOf(facts),
      ...(pools.length > 0
        ? pools.map(({ name, ranges }) => `pool ${name}: ${ranges.join(', ')}`)
        : ['there is no pool']),
      ...outside.flatMap((address) =>
        poolsWith(facts, address).map(({ name }) => `${address} is in pool ${name}`),
      ),
    ],
  };
}

/** The pool that has the address is not for this Service. */
function diagnoseClosedPool(facts: Facts, requested: readonly string[]): Diagnosis | undefined {
  const { service } = facts;
  const closed = requested.flatMap((address) => {
    const pools = namedPools(facts).filter((pool) => contains(pool, address));
    const obstacles = pools.map((pool) => ({
      address,
      pool,
      obstacle: obstacleOf(pool, service, { asked: true, poolAnnotation: undefined }),
    }));
    return obstacles.every(({ obstacle }) => obstacle) ? obstacles.slice(0, 1) : [];
  });
  const [one] = closed;
  if (!one?.obstacle) return undefined;
  const addresses = closed.map(({ address }) => address);
  return {
    cause: one.obstacle.cause,
    ...familyOfAll(addresses),
    text: `Service ${nameOf(service)} asks for ${listing(addresses)} of pool ${one.pool.name}, which ${one.obstacle.text}.`,
    fix: one.obstacle.fix,
    evidence: evidenceOf(facts),
  };
}

/** Each address is in a pool, but no one pool has all of them. */
function diagnosePools(facts: Facts, requested: readonly string[]): Diagnosis | undefined {
  const { name, rules } = facts.implementation;
  if (!rules.onePoolPerService) return undefined;
  const [some = [], ...others] = requested.map((address) => poolsWith(facts, address));
  if (some.some((pool) => others.every((pools) => pools.includes(pool)))) return undefined;
  const where = requested.map(
    (address) => `${address} is in pool ${listing(poolsWith(facts, address).map((pool) => pool.name))}`,
  );
  return {
    cause: 'separate-pools',
    text: `${name} takes all addresses of a Service from one pool, and ${listing(where)}.`,
    fix: 'Ask for an address of each family out of one pool; a pool may have ranges of both.',
    evidence: evidenceOf(facts),
  };
}

/** Another Service has the address, and does not share it with this one. */
function diagnoseTaken(facts: Facts, requested: readonly string[]): Diagnosis | undefined {
  const { service, others, implementation } = facts;
  const [annotation] = implementation.annotations.share;
  const taken = requested.flatMap((address) =>
    others.flatMap((holder) => {
      const obstacle = holder.addresses.includes(address) && sharingObstacle(service, holder, annotation);
      return obstacle ? [{ address, holder, obstacle }] : [];
    }),
  );
  const [one] = taken;
  if (!one) return undefined;
  const { holder, obstacle } = one;
  const addresses = taken.filter((other) => other.holder === holder).map(({ address }) => address);
  const [what, who] = [listing(addresses), nameOf(holder)];
  const evidence = [...evidenceOf(facts), `${who} has ${holder.addresses.join(', ')}`];
  if (service.request.share !== undefined) {
    return {
      cause: 'shared-address-conflict',
      ...familyOfAll(addresses),
      text: `Service ${nameOf(service)} cannot share ${what} with ${who}: ${obstacle.text}.`,
      fix: obstacle.fix,
      evidence,
    };
  }
  return {
    cause: 'requested-address-taken',
    ...familyOfAll(addresses),
    text: `Service ${nameOf(service)} asks for ${what}, which ${who} has.`,
    fix: `Ask for addresses that are free, or let ${who} ask for others.`,
    evidence,
  };
}
