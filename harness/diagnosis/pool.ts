import { familyOf, parseAddress, toBigInt, type Family } from '../../base/addresses.ts';
import type { PoolFacts } from '../../clusters/implementations/facts.ts';
import { describeSelector, selects } from '../../clusters/kubernetes/label-selector.ts';
import type { Cause } from '../../reports/record/diagnosis.ts';
import { nameOf, type ServiceFacts } from './facts.ts';
import { labelText, listing } from './listing.ts';

interface Range {
  family: Family;
  first: bigint;
  last: bigint;
}

function rangeOf(text: string): Range {
  const [first = '', last = first] = text.split('-');
  return {
    family: familyOf(first),
    first: toBigInt(parseAddress(first)),
    last: toBigInt(parseAddress(last)),
  };
}

/** The ranges of one family, as they are written; one from a family to the other is of neither. */
export function rangesOf({ ranges }: PoolFacts, family: Family): string[] {
  return ranges.filter((range) => isOf(family, range));
}

function isOf(family: Family, range: string): boolean {
  return range.split('-').every((end) => familyOf(end) === family);
}

export function hasFamily(pool: PoolFacts, family: Family): boolean {
  return rangesOf(pool, family).length > 0;
}

function isBuggy(value: bigint): boolean {
  return value % 256n === 0n || value % 256n === 255n;
}

/** Whether a pool hands out an address; first and last of a range are inside. */
export function contains({ ranges, avoidBuggyIPs }: PoolFacts, address: string): boolean {
  const family = familyOf(address);
  const value = toBigInt(parseAddress(address));
  if (avoidBuggyIPs && family === 'IPv4' && isBuggy(value)) return false;
  return ranges
    .filter((range) => isOf(family, range))
    .map(rangeOf)
    .some(({ first, last }) => first <= value && value <= last);
}

/** How many addresses of a family a pool can hand out. */
export function sizeOf(pool: PoolFacts, family: Family): bigint {
  const sizes = rangesOf(pool, family)
    .map(rangeOf)
    .map(({ first, last }) => {
      const all = last - first + 1n;
      return family === 'IPv4' && pool.avoidBuggyIPs ? all - buggyBetween(first, last) : all;
    });
  return sizes.reduce((sum, size) => sum + size, 0n);
}

/** How many values of a range end in .0 or .255. */
function buggyBetween(first: bigint, last: bigint): bigint {
  return buggyBelow(last + 1n) - buggyBelow(first);
}

/** How many of 0 up to, but not, `end`. */
function buggyBelow(end: bigint): bigint {
  return (end + 255n) / 256n + end / 256n;
}

export interface Occupancy {
  size: bigint;
  /** Each address that is held, and by whom. */
  held: ReadonlyMap<string, readonly string[]>;
  full: boolean;
}

/** Who holds which addresses of one family of a pool. */
export function occupancyOf(pool: PoolFacts, family: Family, services: readonly ServiceFacts[]): Occupancy {
  const size = sizeOf(pool, family);
  const held = new Map<string, string[]>();
  for (const service of services) {
    for (const address of service.addresses) {
      if (familyOf(address) !== family || !contains(pool, address)) continue;
      held.set(address, [...(held.get(address) ?? []), nameOf(service)]);
    }
  }
  // The implementation may hold an address for a Service that is being deleted: its own count goes before ours.
  return { size, held, full: BigInt(held.size) >= size || pool.available?.[family] === 0 };
}

/** `pool a: 2 of 2 IPv4 addresses are held, by default/x and default/y` */
export function describeOccupancy(pool: PoolFacts, family: Family, { size, held }: Occupancy): string {
  const holders = [...new Set([...held.values()].flat())];
  const published = pool.available?.[family];
  return (
    `pool ${pool.name}: ${held.size} of ${size} ${family} addresses are held` +
    (holders.length > 0 ? `, by ${listing(holders)}` : '') +
    (published === undefined ? '' : `; its status says ${published} available`)
  );
}

/** Why a pool does not serve a Service, as a cause and a fact. */
export interface Obstacle {
  cause: Extract<Cause, 'pool-namespace-mismatch' | 'pool-selector-mismatch' | 'pool-not-auto-assigned'>;
  /** After the pool's name. */
  text: string;
  fix: string;
}

/** `asked`: the Service asks for this pool or an address of it, so that autoAssign is no matter. */
export function obstacleOf(
  pool: PoolFacts,
  service: ServiceFacts,
  { asked, poolAnnotation }: { asked: boolean; poolAnnotation: string | undefined },
): Obstacle | undefined {
  const { name, namespaces, serviceSelectors, autoAssign } = pool;
  if (namespaces && !namespaces.includes(service.namespace)) {
    return {
      cause: 'pool-namespace-mismatch',
      text:
        namespaces.length > 0
          ? `serves only namespace ${listing(namespaces)}`
          : 'serves no namespace there is',
      fix: `Add namespace ${service.namespace} to the namespaces that pool ${name} serves.`,
    };
  }
  if (serviceSelectors.length > 0 && !serviceSelectors.some((one) => selects(one, service.labels))) {
    const wanted = serviceSelectors.map(describeSelector).join(' or ');
    return {
      cause: 'pool-selector-mismatch',
      text: `serves only Services with ${wanted}, and this one has ${labelText(service.labels)}`,
      fix: `Label the Service with ${wanted}, or change the Service selector of pool ${name}.`,
    };
  }
  if (!autoAssign && !asked) {
    return {
      cause: 'pool-not-auto-assigned',
      text: 'serves only Services that ask for it (autoAssign is false)',
      fix:
        poolAnnotation === undefined
          ? `Set autoAssign of pool ${name} to true.`
          : `Ask for it with the annotation ${poolAnnotation}: ${name}, or set its autoAssign to true.`,
    };
  }
  return undefined;
}
