import { FAMILIES, type Family } from '../../base/addresses.ts';
import type {
  AnnouncersObservation,
  Check,
  ControlObservation,
  Observation,
  RespondersObservation,
} from '../../reports/record/record.ts';
import {
  announcedFamilies,
  ofFamily,
  servicesOf,
  type Announced,
  type AnnouncerSource,
  type ResponderCount,
} from '../scenario/announced.ts';

export interface AnnouncedContext {
  step: string;
  observations: readonly Observation[];
  /** spec.ipFamilies of a Service. */
  familiesOf: (service: string) => readonly Family[];
}

/** What was last seen of one address in a step. */
interface Seen {
  service: string;
  family: Family;
  address: string;
  all: RespondersObservation | undefined;
  one: RespondersObservation | undefined;
  said: AnnouncersObservation | undefined;
}

type Outcome = Pick<Check, 'ok' | 'expected' | 'observed'>;

/** Compares what a step expects of who announces with who answered, and with what is said of it. */
export function checkAnnounced(announced: Announced, context: AnnouncedContext): Check[] {
  const { step, observations, familiesOf } = context;
  const services = servicesOf(announced);
  const seen = seenIn(step, observations);
  const checks: Check[] = [];
  for (const family of FAMILIES) {
    const wanted = services.filter((one) => announcedFamilies(announced, familiesOf(one)).includes(family));
    if (wanted.length === 0) continue;
    const own = seen.filter((one) => one.family === family && wanted.includes(one.service));
    const missing = wanted.filter((name) => !own.some(({ service }) => service === name));
    const deaf = isDeaf(step, family, observations);
    const add = ({ ok, expected, observed }: Outcome) =>
      checks.push({
        step,
        subject: family,
        ok: ok && !deaf && missing.length === 0,
        ...(deaf ? { inconclusive: true } : {}),
        expected,
        observed: [
          observed,
          ...missing.map((name) => `${name} has no ${family} address`),
          ...(deaf ? [`a node's own ${family} address is silent, too`] : []),
        ]
          .filter(Boolean)
          .join('; '),
      });
    const count = ofFamily(announced.responders, family) ?? 'one';
    add(responders(own, count, announced));
    const directly = ofFamily(announced.directly, family);
    if (directly !== undefined) {
      add({
        ok: own.every(({ one }) => one !== undefined && one.answers.length > 0 === (directly === 'answered')),
        expected: `a question to the announcer alone is ${directly === 'answered' ? 'answered' : 'not answered'}`,
        observed: own.map((one) => `${nameOf(one)}: ${describe(one.one)}`).join('; '),
      });
    }
    if (count !== 'several') add(agreement(own, count, announced.differ));
    for (const key of ['moved', 'stays'] as const) {
      const earlier = announced[key];
      if (earlier !== undefined) add(compared(own, seenIn(earlier, observations), { key, earlier }));
    }
  }
  if (announced.node !== undefined) checks.push(...services.map((name) => pairOf(name, announced, context)));
  return checks;
}

function responders(seen: readonly Seen[], count: ResponderCount, { on }: Announced): Outcome {
  const holds = (one: Seen) => countOf(one) === count && (!on || on.includes(nodesOf(one)[0] ?? ''));
  const expected = {
    one: `one node${on ? ` of ${on.join(', ')}` : ''} answers for it`,
    none: 'nobody answers for it',
    several: 'several nodes answer for it',
  }[count];
  return {
    ok: count === 'several' ? seen.some(holds) : seen.every(holds),
    expected,
    observed: seen.map((one) => `${nameOf(one)}: ${describe(one.all)}`).join('; '),
  };
}

function countOf({ all }: Seen): ResponderCount | undefined {
  const answers = all?.answers.length;
  // One that is no node of the cluster is not the one that is meant.
  if (answers === 1 && all?.answers[0]?.node === undefined) return undefined;
  if (answers === undefined) return undefined;
  return answers === 0 ? 'none' : answers === 1 ? 'one' : 'several';
}

/** The nodes that answered; a MAC address in the place of one that is no node's. */
function nodesOf({ all }: Seen): string[] {
  return (all?.answers ?? []).map(({ mac, node }) => node ?? mac);
}

/** Each source must name who answers, and those that are known to differ something else. */
function agreement(seen: readonly Seen[], count: ResponderCount, known: readonly AnnouncerSource[]): Outcome {
  const agrees = (one: Seen) => {
    const answered = nodesOf(one).sort().join();
    return (one.said?.sources ?? []).every(({ source, nodes }) => {
      // An event is not taken back when what it told of has ended.
      if (count === 'none' && source === 'event') return true;
      return (nodes.toSorted().join() === answered) !== known.includes(source);
    });
  };
  const expected = count === 'one' ? 'the one that answers' : 'nobody';
  return {
    ok: seen.every((one) => one.said !== undefined && agrees(one)),
    expected:
      `whoever says who announces names ${expected}` +
      (known.length > 0 ? `, except for ${known.join(', ')}` : ''),
    observed: seen.map((one) => `${nameOf(one)}: ${describeSources(one.said)}`).join('; '),
  };
}

function compared(
  seen: readonly Seen[],
  before: readonly Seen[],
  { key, earlier }: { key: 'moved' | 'stays'; earlier: string },
): Outcome {
  const pairs = seen.map((one) => {
    const earlierOne = before.find(({ service, family }) => service === one.service && family === one.family);
    return { one, was: earlierOne ? nodesOf(earlierOne).join() : '', now: nodesOf(one).join() };
  });
  return {
    ok: pairs.every(({ was, now }) => was !== '' && now !== '' && (was === now) === (key === 'stays')),
    expected:
      key === 'moved' ? `another node than in ${earlier} answers` : `the same node as in ${earlier} answers`,
    observed: pairs
      .map(({ one, was, now }) => `${nameOf(one)}: ${was || 'nobody'}, then ${now || 'nobody'}`)
      .join('; '),
  };
}

/** The announcers of a Service's two families, compared. */
function pairOf(service: string, { node }: Announced, { step, observations }: AnnouncedContext): Check {
  const own = seenIn(step, observations).filter((one) => one.service === service);
  const [v4 = '', v6 = ''] = FAMILIES.map((family) => {
    const found = own.find((one) => one.family === family);
    return found ? nodesOf(found).join() : '';
  });
  return {
    step,
    subject: 'pair',
    ok: v4 !== '' && v6 !== '' && (v4 === v6) === (node === 'same'),
    expected: node === 'same' ? 'one node announces both families' : 'a node for each family announces it',
    observed: `${service}: IPv4 ${v4 || 'nobody'}, IPv6 ${v6 || 'nobody'}`,
  };
}

/** Silence counts only where a node's own address of that family is not silent, too. */
function isDeaf(step: string, family: Family, observations: readonly Observation[]): boolean {
  const control = observations.findLast(
    (one): one is ControlObservation => one.kind === 'control' && one.step === step && one.family === family,
  );
  return control !== undefined && control.outcome !== 'ok';
}

function seenIn(step: string, observations: readonly Observation[]): Seen[] {
  const seen = new Map<string, Seen>();
  for (const one of observations) {
    if ((one.kind !== 'responders' && one.kind !== 'announcers') || one.step !== step) continue;
    const { service, family, address } = one;
    const key = `${service} ${address}`;
    const last = seen.get(key) ?? {
      service,
      family,
      address,
      all: undefined,
      one: undefined,
      said: undefined,
    };
    if (one.kind === 'announcers') seen.set(key, { ...last, said: one });
    else seen.set(key, { ...last, [one.asked]: one });
  }
  return [...seen.values()];
}

function nameOf({ service, address }: Seen): string {
  return `${service} ${address}`;
}

function describe(asked: RespondersObservation | undefined): string {
  if (!asked) return 'not asked';
  const { answers, firstMs, waitedMs } = asked;
  if (answers.length === 0) return `nobody within ${Math.round(waitedMs)} ms`;
  const names = answers.map(({ mac, node }) => node ?? `MAC ${mac}, no node's`);
  return `${names.join(' and ')}, after ${(firstMs ?? 0).toFixed(1)} ms`;
}

function describeSources(said: AnnouncersObservation | undefined): string {
  return (
    said?.sources.map(({ source, nodes }) => `${source} ${nodes.join(' and ') || 'nobody'}`).join(', ') ??
    'not read'
  );
}
