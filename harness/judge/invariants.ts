import { z } from 'zod';

import { FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import {
  SUBJECTS,
  type Check,
  type CountersObservation,
  type EventObservation,
  type NudgeObservation,
  type Observation,
  type PoolsObservation,
  type ServiceObservation,
  type Subject,
} from '../../reports/record/record.ts';
import type { TellingOf } from './expectation.ts';
import { poolsOf } from './pools.ts';
import { lastStates, serviceHistory } from './state.ts';

/** What must hold of every Service in every case, whatever is expected of it. */
export const INVARIANTS = {
  stays: 'a status that has settled stays as it is, whatever else happens',
  'in-pool': 'each address is of a pool that is for the Service',
  unique: 'no two Services have an address, unless both ask to share it',
  families: 'a Service has addresses of its own families only, one of each at most',
  'says-so': 'what the implementation tells on a Service agrees with its status',
  counters: 'the counters of a pool agree with the addresses that Services have',
  released: 'nothing stays allocated when the Services are gone',
} as const;
export type Invariant = keyof typeof INVARIANTS;

export const invariantSchema = z.enum([
  'stays',
  'in-pool',
  'unique',
  'families',
  'says-so',
  'counters',
  'released',
] satisfies Invariant[]);

export interface InvariantContext {
  observations: readonly Observation[];
  telling: TellingOf | undefined;
  /** The annotations by which a Service asks for addresses, a pool, or a shared address. */
  annotations: { addresses?: string; pool?: string; share?: string };
}

/** The step of an invariant's checks, to which a known deviation refers. */
export function invariantStep(invariant: Invariant): string {
  return `invariant-${invariant}`;
}

interface Violation {
  subject: Subject;
  text: string;
}

/**
 * Checks every invariant over the time of the nudges; without nudges there is nothing to check. One check an
 * invariant and subject that was looked at, with the history of statuses where it is violated.
 */
export function checkInvariants(context: InvariantContext): Check[] {
  const { observations } = context;
  const nudges = observations.filter((one): one is NudgeObservation => one.kind === 'nudge');
  const [first] = nudges;
  if (!first) return [];
  const window = { from: first.at, to: nudges.at(-1)?.endedAt ?? first.at };
  const services = balancersAt(observations, window.to);
  const inWindow = { ...context, window, services };
  return [
    ...report('stays', stays(inWindow)),
    ...report('in-pool', inPool(inWindow)),
    ...report('unique', unique(inWindow)),
    ...report('families', ownFamilies(inWindow)),
    ...report('says-so', saysSo(inWindow)),
    ...counters(inWindow),
    ...released(inWindow),
  ];
}

interface Settled extends InvariantContext {
  window: { from: number; to: number };
  /** The Services of type LoadBalancer at the end of the window. */
  services: readonly ServiceObservation[];
}

/** A check for each subject that it is violated for, or one of the pair. */
function report(invariant: Invariant, violations: readonly Violation[]): Check[] {
  const step = invariantStep(invariant);
  const expected = INVARIANTS[invariant];
  if (violations.length === 0) return [{ step, subject: 'pair', ok: true, expected, observed: 'it holds' }];
  return SUBJECTS.flatMap((subject) => {
    const own = violations.filter((one) => one.subject === subject);
    const observed = own.map(({ text }) => text).join('; ');
    return own.length === 0 ? [] : [{ step, subject, ok: false, expected, observed }];
  });
}

/** So many states of one Service are told: one that is given and taken without end has hundreds. */
const TOLD = 20;

function stays({ observations, services, window }: Settled): Violation[] {
  return services.flatMap(({ service }) => {
    const history = serviceHistory(observations, service, window);
    const texts = history.map(({ addresses }) => addresses.join(' ') || 'none');
    const changes = texts.filter((text, index) => index === 0 || text !== texts[index - 1]);
    if (changes.length === 1) return [];
    const moved = FAMILIES.filter((family) => {
      const own = history.map(({ addresses }) =>
        addresses.filter((one) => familyOf(one) === family).join(' '),
      );
      return new Set(own).size > 1;
    });
    const told = history.map(
      ({ at, addresses }) => `${(at - window.from).toFixed(0)} ms ${addresses.join(' ') || 'none'}`,
    );
    const more = told.splice(TOLD).length;
    const text = `${service}: ${told.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
    // Where each family kept its own, their order has changed: that is the pair's.
    return (moved.length > 0 ? moved : (['pair'] as const)).map((subject) => ({ subject, text }));
  });
}

function inPool({ observations, services, window, annotations }: Settled): Violation[] {
  const pools = observations.findLast(
    (one): one is PoolsObservation => one.kind === 'pools' && one.at <= window.to,
  );
  return services.flatMap((service) =>
    service.addresses.flatMap((address): Violation[] => {
      const subject = familyOf(address);
      const [pool] = poolsOf(address, pools?.pools ?? {});
      const who = `${service.service}: ${address}`;
      if (pool === undefined) return [{ subject, text: `${who} is of no pool` }];
      const why = notFor(service, pools?.limits?.[pool] ?? {}, annotations);
      return why === undefined ? [] : [{ subject, text: `${who} is of ${pool}, which ${why}` }];
    }),
  );
}

type Limits = NonNullable<PoolsObservation['limits']>[string];

/** Why a pool is not for a Service; undefined when it is. */
function notFor(
  { labels = {}, annotations = {}, namespace }: ServiceObservation,
  { autoAssign, namespaces, serviceSelector }: Limits,
  asking: InvariantContext['annotations'],
): string | undefined {
  const asked = [asking.addresses, asking.pool].some((key) => key !== undefined && key in annotations);
  if (autoAssign === false && !asked) return 'is for those that ask for it only';
  const inNamespace = namespaces === undefined || (namespace !== undefined && namespaces.includes(namespace));
  const selector = Object.entries(serviceSelector ?? {});
  const isSelected = selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
  if (namespaces && serviceSelector) {
    // MetalLB takes either; a Service that neither is for is wrong by any reading.
    return inNamespace || isSelected ? undefined : 'is for other Services';
  }
  if (!inNamespace) return `is for ${namespaces?.join(', ')} only`;
  return serviceSelector === undefined || isSelected ? undefined : 'is for Services with other labels';
}

function unique({ services, annotations }: Settled): Violation[] {
  const holders = Map.groupBy(
    services.flatMap((service) => service.addresses.map((address) => ({ address, service }))),
    ({ address }) => address,
  );
  return [...holders].flatMap(([address, held]): Violation[] => {
    if (held.length < 2) return [];
    const keys = held.map(({ service }) => service.annotations?.[annotations.share ?? '']);
    if (keys[0] !== undefined && keys.every((key) => key === keys[0])) return [];
    const names = held.map(({ service }) => service.service).join(' and ');
    return [{ subject: familyOf(address), text: `${names} have ${address}` }];
  });
}

/** At every moment of the window: one that comes and goes would be seen or not by chance. */
function ownFamilies({ observations, services, window }: Settled): Violation[] {
  return services.flatMap(({ service }) => {
    const history = serviceHistory(observations, service, window);
    return FAMILIES.flatMap((family): Violation[] => {
      const texts = history.flatMap((state) => foreign(family, state) ?? []);
      return texts[0] === undefined ? [] : [{ subject: family, text: `${service} has ${texts[0]}` }];
    });
  });
}

/** What is wrong with the addresses of one family, as in "has …". */
function foreign(family: Family, { addresses, ipFamilies }: ServiceObservation): string | undefined {
  const own = addresses.filter((address) => familyOf(address) === family);
  if (own.length > 1) return own.join(' and ');
  if (own.length === 0 || ipFamilies.includes(family)) return undefined;
  return `${own.join()}, and is of ${ipFamilies.join(', ')} only`;
}

function saysSo({ observations, services, window, telling }: Settled): Violation[] {
  if (!telling) return [];
  return contradicted({ observations, services, telling, at: window.to }).map((text) => ({
    subject: 'pair',
    text,
  }));
}

interface Told {
  observations: readonly Observation[];
  services: readonly ServiceObservation[];
  telling: TellingOf;
  at: number;
}

/** The Services whose status is not what the implementation told last of them by then, each with both. */
function contradicted({ observations, services, telling, at }: Told): string[] {
  const events = Map.groupBy(
    observations.filter((one): one is EventObservation => one.kind === 'event' && one.at <= at),
    ({ uid }) => uid,
  );
  return services.flatMap((service) => {
    const told = telling({ service, events: events.get(service.uid) ?? [] });
    const has = service.addresses.length;
    const agrees =
      told === undefined ||
      (told.said === 'refused' && has === 0) ||
      (told.said === 'partial' && has === 1) ||
      (told.said === 'satisfied' && has > 0);
    return agrees
      ? []
      : [`${service.service} has ${service.addresses.join(', ') || 'no address'}, and is told: ${told.text}`];
  });
}

/** Whether what the implementation has told so far agrees with every status: an event comes after its status. */
export function isTold(observations: readonly Observation[], telling: TellingOf): boolean {
  const services = balancersAt(observations, Infinity);
  return contradicted({ observations, services, telling, at: Infinity }).length === 0;
}

/** The Services of type LoadBalancer that there are at a moment. */
export function balancersAt(observations: readonly Observation[], at: number): ServiceObservation[] {
  return [...lastStates(observations, at).values()].filter(
    ({ deleted, type }) => !deleted && type === 'LoadBalancer',
  );
}

/** Only where the implementation counts, and not while a status moves: which of its states was counted? */
function counters(settled: Settled): Check[] {
  const { observations, services } = settled;
  const seen = countersOf(observations, 'settled');
  if (seen.length === 0 || stays(settled).length > 0) return [];
  const pools = observations.findLast((one): one is PoolsObservation => one.kind === 'pools')?.pools ?? {};
  const used = new Set(services.flatMap(({ addresses }) => addresses));
  const violations = seen.flatMap(({ pool, source, assigned }) =>
    FAMILIES.flatMap((family): Violation[] => {
      const held = [...used].filter(
        (address) => familyOf(address) === family && poolsOf(address, pools).includes(pool),
      );
      if (held.length === assigned[family]) return [];
      const text = `${pool}: its ${source} says ${assigned[family]}, Services have ${held.length}`;
      return [{ subject: family, text }];
    }),
  );
  return report('counters', violations);
}

function released({ observations }: Settled): Check[] {
  const seen = countersOf(observations, 'released');
  if (seen.length === 0) return [];
  const violations = seen.flatMap(({ pool, source, assigned }) =>
    FAMILIES.flatMap((family): Violation[] =>
      assigned[family] === 0
        ? []
        : [{ subject: family, text: `${pool}: its ${source} says ${assigned[family]}` }],
    ),
  );
  return report('released', violations);
}

function countersOf(
  observations: readonly Observation[],
  moment: CountersObservation['moment'],
): CountersObservation[] {
  return observations.filter(
    (one): one is CountersObservation => one.kind === 'counters' && one.moment === moment,
  );
}
