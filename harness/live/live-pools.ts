import { FAMILIES, familyOf, parseAddress, toBigInt, type Family } from '../../base/addresses.ts';
import type { PoolFacts } from '../../clusters/implementations/facts.ts';
import { selects, type LabelSelector } from '../../clusters/kubernetes/label-selector.ts';
import type { Facts } from '../diagnosis/facts.ts';
import type { Advertisement, Pool, Range } from '../scenario/schema.ts';

/** A range of a pool as it was, and the one that stands for it in the scenario. */
interface LiveRange {
  /** `first-last`, as it was. */
  text: string;
  /** The name of the scenario's. */
  name: string;
}

export interface LivePool {
  /** As it is called there, and in the scenario. */
  was: string;
  pool: Pool;
  ranges: LiveRange[];
  /** Families of which other Services have every address. */
  full: Family[];
}

export interface LivePools {
  pools: LivePool[];
  ranges: Record<string, Range>;
  advertise: Advertisement[];
  /** What a scenario cannot have as it was. */
  notes: string[];
}

/** The most that a scenario's range can have. */
const MOST = 1024n;

/** Never a name that a Service of the scenario is in. */
const ELSEWHERE = 'somebody-else';

/**
 * Pools and advertisements of the same shape: as many free addresses in as many ranges, the same limits. Where all
 * addresses of a family are others', there is one, and something else of the scenario has it.
 */
export function livePools(facts: Facts): LivePools {
  const notes: string[] = [];
  const ranges: Record<string, Range> = {};
  const held = facts.others.flatMap(({ addresses }) => addresses);
  const names = new Set<string>();
  const pools = facts.implementation.pools.map((pool, index): LivePool => {
    const own: LiveRange[] = [];
    const full: Family[] = [];
    for (const family of FAMILIES) {
      const all = pool.ranges.filter((text) => familyOf(firstOf(text)) === family);
      const free = all.map((text) => sizeOf(text) - BigInt(held.filter((one) => isInside(one, text)).length));
      const isFull = all.length > 0 && free.every((count) => count <= 0n);
      if (isFull) full.push(family);
      for (const [at, text] of all.entries()) {
        const count = free[at] ?? 0n;
        if (count <= 0n && !(isFull && at === 0)) continue;
        const number = at === 0 ? '' : `-${at + 1}`;
        const name = `p${index + 1}-${family === 'IPv4' ? 'v4' : 'v6'}${number}`;
        if (count > MOST) notes.push(`range ${name} has ${MOST} addresses, and had ${count} free ones`);
        ranges[name] = { family, size: Number(count > MOST ? MOST : count <= 0n ? 1n : count) };
        own.push({ text, name });
      }
    }
    const name = freeName(pool.name, names);
    return { was: pool.name, ranges: own, full, pool: poolOf(pool, { name, ranges: own, facts, notes }) };
  });
  const usable = pools.filter((one) => one.ranges.length > 0);
  return { pools: usable, ranges, advertise: advertisementsOf(facts, usable, notes), notes };
}

function poolOf(
  { autoAssign, avoidBuggyIPs, priority, namespaces, serviceSelectors }: PoolFacts,
  options: { name: string; ranges: readonly LiveRange[]; facts: Facts; notes: string[] },
): Pool {
  const { name, ranges, facts, notes } = options;
  const isForIt = namespaces?.includes(facts.service.namespace);
  const serviceSelector = selectorOf(serviceSelectors, { of: `pool ${name}`, facts, notes });
  return {
    name,
    ranges: ranges.map((range) => range.name),
    ...(autoAssign ? {} : { autoAssign }),
    ...(avoidBuggyIPs ? { avoidBuggyIPs } : {}),
    ...(priority === undefined ? {} : { priority }),
    ...(namespaces ? { namespaces: [isForIt ? '${run.namespace}' : ELSEWHERE] } : {}),
    ...(serviceSelector ? { serviceSelector } : {}),
  };
}

/** A scenario has labels that a Service must have, and nothing else. */
function selectorOf(
  selectors: readonly LabelSelector[],
  { of, facts, notes }: { of: string; facts: Facts; notes: string[] },
): Record<string, string> | undefined {
  if (selectors.length === 0) return undefined;
  const [only] = selectors;
  const isPlain = selectors.length === 1 && (only?.matchExpressions ?? []).length === 0;
  if (isPlain && only?.matchLabels) return { ...only.matchLabels };
  const isSelected = selectors.some((one) => selects(one, facts.service.labels));
  notes.push(
    `${of} selects Services in a way that is not kept: the Service is ${isSelected ? '' : 'not '}selected`,
  );
  return isSelected ? undefined : { 'dualvip.dev/selected': 'never' };
}

function advertisementsOf(facts: Facts, pools: readonly LivePool[], notes: string[]): Advertisement[] {
  const names = new Set<string>();
  const nodes = facts.nodes.length;
  return (facts.implementation.announcing?.advertisements ?? []).flatMap((one): Advertisement[] => {
    const own = pools.filter(({ was }) => one.pools.includes(was)).map(({ pool }) => pool.name);
    if (own.length === 0) return [];
    const name = freeName(one.name, names);
    if (one.kind !== 'L2Advertisement')
      notes.push(`advertisement ${name} is ${one.kind}, and announces by L2 here`);
    if (one.nodes.length > 0 && one.nodes.length < nodes) {
      notes.push(`advertisement ${name} is for ${one.nodes.length} of ${nodes} nodes, and here for all`);
    }
    const serviceSelector = selectorOf(one.serviceSelectors, { of: `advertisement ${name}`, facts, notes });
    return [
      {
        name,
        pools: own,
        ...(one.nodes.length === 0 ? { nodes: ['no-such-node'] } : {}),
        ...(serviceSelector ? { serviceSelector } : {}),
      },
    ];
  });
}

/** A name that a scenario takes, and that no other one has. */
function freeName(name: string, taken: Set<string>): string {
  const plain = name
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  let free = plain;
  for (let number = 2; taken.has(free); number += 1) free = `${plain}-${number}`;
  taken.add(free);
  return free;
}

function firstOf(text: string): string {
  return text.split('-')[0] ?? text;
}

function endsOf(text: string): [bigint, bigint] {
  const [first = '', last = first] = text.split('-');
  return [toBigInt(parseAddress(first)), toBigInt(parseAddress(last))];
}

function sizeOf(text: string): bigint {
  const [first, last] = endsOf(text);
  return last - first + 1n;
}

export function isInside(address: string, text: string): boolean {
  if (familyOf(address) !== familyOf(firstOf(text))) return false;
  const [first, last] = endsOf(text);
  const value = toBigInt(parseAddress(address));
  return first <= value && value <= last;
}
