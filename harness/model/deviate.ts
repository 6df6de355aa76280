import type { Family } from '../../base/addresses.ts';
import type { Invariant } from '../judge/invariants.ts';
import { LISTED, type IPFamilyPolicy, type List, type Operation, type Shape } from './case.ts';
import { availableTo, keepsOf, type Assignment, type Phase } from './outcome.ts';

/** What an implementation does where the condition holds. */
export interface Rule {
  when: {
    policies?: readonly IPFamilyPolicy[] | undefined;
    families?: readonly Exclude<List, 'unset'>[] | undefined;
    pools?: readonly Shape[] | undefined;
    before?: readonly Shape[] | undefined;
    had?: readonly number[] | undefined;
    operations?: readonly Operation[] | undefined;
  };
  gets?: 'one' | 'none' | 'available' | 'all' | 'kept' | undefined;
  order?: 'IPv4-first' | 'IPv6-first' | 'as-gained' | undefined;
  /** Invariants that do not hold where the condition does in the last phase. */
  violates?: readonly Invariant[] | undefined;
}

interface Phases {
  created: Phase;
  after?: Phase;
}

/** What the phase after its creation comes of. */
type Operated = Phases & { operation: Operation };

interface Deviated<R extends Rule> extends Phases {
  /** Those that make a difference. */
  rules: R[];
  violated: Invariant[];
}

/**
 * The phases of a case under an implementation's own rules. Of the rules about what a Service gets, the first that
 * holds counts, and so it is with those about the order.
 */
export function deviate<R extends Rule>(claimed: Operated, rules: readonly R[]): Deviated<R> {
  const first = deviatePhase(claimed.created, { addresses: [], operation: 'create' }, rules);
  const had = first.phase.addresses;
  const { operation } = claimed;
  const second = claimed.after && deviatePhase(claimed.after, { ...first.phase, operation }, rules);
  // Invariants are looked at in the end.
  const { violating } = second ?? first;
  const kept = second?.kept ? had.map(({ family }) => family) : second && keepsOf(had, second.phase);
  return {
    created: first.phase,
    ...(second && kept ? { after: { ...second.phase, keeps: kept } } : {}),
    rules: [...first.differing, ...(second?.differing ?? []), ...violating],
    violated: violating.flatMap(({ violates }) => violates ?? []),
  };
}

/** What of the phase before decides. */
interface Before {
  addresses: Assignment;
  pools?: Shape;
  /** What was done since. */
  operation: Operation;
}

function deviatePhase<R extends Rule>(phase: Phase, before: Before, rules: readonly R[]) {
  const had = before.addresses;
  const held = rules.filter((rule) => holds(rule, phase, before));
  const gets = held.find((rule) => rule.gets !== undefined);
  const order = held.find((rule) => rule.order !== undefined);
  const got = gets?.gets ? gotten(gets.gets, phase, had) : phase.addresses;
  const ordered = order?.order ? inOrder(order.order, got, had) : got;
  return {
    phase: { ...phase, addresses: ordered },
    kept: gets?.gets === 'kept',
    violating: held.filter(({ violates }) => violates !== undefined),
    differing: [
      ...(gets && !same(got, phase.addresses) ? [gets] : []),
      ...(order && !same(ordered, got) ? [order] : []),
    ],
  };
}

function holds({ when }: Rule, { spec, pools }: Phase, before: Before): boolean {
  const families = when.families?.map((list) => LISTED[list]?.join());
  return (
    (when.policies?.includes(spec.policy) ?? true) &&
    (families?.includes(spec.families.join()) ?? true) &&
    (when.pools?.includes(pools) ?? true) &&
    (!when.before || (before.pools !== undefined && when.before.includes(before.pools))) &&
    (when.had?.includes(before.addresses.length) ?? true) &&
    (when.operations?.includes(before.operation) ?? true)
  );
}

function gotten(gets: NonNullable<Rule['gets']>, phase: Phase, had: Assignment): Assignment {
  const { spec, pools, addresses: claimed } = phase;
  if (gets === 'none') return [];
  if (gets === 'available') return availableTo(spec, pools);
  // Another Service may have it.
  if (gets === 'all') return spec.families.map((family) => ({ family, pools: [] }));
  // Its pool may be gone.
  if (gets === 'kept') return had.map(({ family }) => ({ family, pools: [] }));
  const kept = claimed.find(({ family }) => has(had, family));
  return kept ? [kept] : claimed.slice(0, 1);
}

function inOrder(order: NonNullable<Rule['order']>, addresses: Assignment, had: Assignment): Assignment {
  const isLate = (family: Family) =>
    order === 'as-gained' ? !has(had, family) : family === (order === 'IPv4-first' ? 'IPv6' : 'IPv4');
  return addresses.toSorted((a, b) => Number(isLate(a.family)) - Number(isLate(b.family)));
}

function has(addresses: Assignment, family: Family): boolean {
  return addresses.some((one) => one.family === family);
}

function same(one: Assignment, other: Assignment): boolean {
  return one.map(({ family }) => family).join() === other.map(({ family }) => family).join();
}
