import type { Family } from '../../base/addresses.ts';
import { unknownName, type Path } from './problem.ts';
import {
  isTest,
  TESTS,
  type Advertisement,
  type OutageStep,
  type Pool,
  type Range,
  type Step,
  type StepKind,
} from './schema.ts';

/** The parts of a scenario that are valid by themselves; one that is not is undefined, and not checked again. */
export interface Parts {
  ranges: Readonly<Record<string, Range>> | undefined;
  pools: readonly Pool[] | undefined;
  advertise: readonly Advertisement[] | undefined;
  steps: readonly (Step | undefined)[];
  shared: boolean;
  features: readonly string[] | undefined;
  /** Whether there is a `bgp` in the header. */
  bgp: boolean;
}

export type Report = (at: Path, message: string) => void;

/** Checks that the names of ranges, pools and advertisements fit together, those of the steps included. */
export function checkPools(parts: Parts, report: Report): void {
  const { pools, advertise, steps } = parts;
  reportDuplicates(pools, (index) => ['pools', index, 'name'], report);
  reportDuplicates(advertise, (index) => ['advertise', index, 'name'], report);
  checkPoolRanges(parts, pools ?? [], { at: ['pools'], report });
  checkAdvertisedPools(parts, advertise ?? [], { at: ['advertise'], report });
  const known = new Set(pools?.map(({ name }) => name));
  for (const [i, step] of steps.entries()) {
    if (step?.kind === 'pools') {
      checkPoolRanges(parts, step.pools.put, { at: ['steps', i, 'pools', 'put'], report });
      for (const { name } of step.pools.put) known.add(name);
      for (const [j, name] of step.pools.remove.entries()) {
        if (!pools || known.has(name)) continue;
        report(['steps', i, 'pools', 'remove', j], unknownName('pool', name, known));
      }
    }
    if (step?.kind === 'advertise') {
      checkAdvertisedPools(parts, step.advertise.put, { at: ['steps', i, 'advertise', 'put'], report });
    }
  }
}

/** The features of which one must be claimed, so that nodes speak BGP with a router. */
const BGP_FEATURES: readonly string[] = ['bgp', 'bgp-ipv4', 'bgp-ipv4-only'];

/** The kinds of steps that take the router, and the client behind it. */
const BEHIND_ROUTER: ReadonlySet<StepKind> = new Set<StepKind>(['routes', 'spread', 'sessions']);

/** Checks what is there only where something is advertised by BGP: the router, and the client behind it. */
export function checkBgp(parts: Parts, report: Report): void {
  const { ranges, advertise, steps, features, shared } = parts;
  if (!advertise || steps.includes(undefined)) return;
  const needs = (at: Path) => report(at, 'this needs an advertisement that is `by: bgp`');
  if (usesBgp({ advertise, steps: steps.filter((step) => step !== undefined) })) {
    if (features && !features.some((feature) => BGP_FEATURES.includes(feature))) {
      report(['features'], `an advertisement \`by: bgp\` needs a feature: one of ${BGP_FEATURES.join(', ')}`);
    }
    if (shared) report(['shared'], 'a scenario with BGP has a router of its own: it cannot be shared');
    return;
  }
  if (parts.bgp) needs(['bgp']);
  for (const [name, { addresses }] of Object.entries(ranges ?? {})) {
    if (addresses !== undefined) needs(['ranges', name, 'addresses']);
  }
  for (const [i, step] of steps.entries()) {
    if (step && BEHIND_ROUTER.has(step.kind)) needs(['steps', i, step.kind]);
    if (step?.kind === 'probe' && step.probe.from === 'client') needs(['steps', i, 'probe', 'from']);
    if (step?.kind === 'streams' && step.streams.from === 'client') needs(['steps', i, 'streams', 'from']);
  }
}

/** Whether something is advertised by BGP at some time. */
export function usesBgp({
  advertise,
  steps,
}: {
  advertise: readonly Advertisement[];
  steps: readonly Step[];
}): boolean {
  const all = [
    ...advertise,
    ...steps.flatMap((step) => (step.kind === 'advertise' ? step.advertise.put : [])),
  ];
  return all.some(({ by }) => by === 'bgp');
}

interface Place {
  at: Path;
  report: Report;
}

function checkPoolRanges({ ranges }: Parts, pools: readonly Pool[], { at, report }: Place): void {
  if (!ranges) return;
  for (const [i, pool] of pools.entries()) {
    for (const [j, name] of pool.ranges.entries()) {
      if (Object.hasOwn(ranges, name)) continue;
      report([...at, i, 'ranges', j], unknownName('range', name, Object.keys(ranges)));
    }
  }
}

function checkAdvertisedPools(parts: Parts, advertisements: readonly Advertisement[], place: Place): void {
  if (!parts.pools) return;
  const names = allPools(parts).map(({ name }) => name);
  for (const [i, { pools }] of advertisements.entries()) {
    for (const [j, name] of pools.entries()) {
      if (names.includes(name)) continue;
      place.report([...place.at, i, 'pools', j], unknownName('pool', name, names));
    }
  }
}

/** The pools that there are at some time; one that a step changes comes more than once. */
function allPools({ pools, steps }: Parts): Pool[] {
  return [...(pools ?? []), ...steps.flatMap((step) => (step?.kind === 'pools' ? step.pools.put : []))];
}

/** A range that nothing uses is a slip of a name, most likely. */
export function checkRangesUsed(parts: Parts, inTemplates: ReadonlySet<string>, report: Report): void {
  if (!parts.pools) return;
  const inPools = allPools(parts).flatMap(({ ranges }) => ranges);
  for (const name of Object.keys(parts.ranges ?? {})) {
    if (inPools.includes(name) || inTemplates.has(name)) continue;
    report(['ranges', name], 'no pool and no template uses this range');
  }
}

const NEEDS_BACKEND: ReadonlySet<StepKind> = new Set<StepKind>([
  'probe',
  'traffic',
  'streams',
  'scale',
  'spread',
  'place',
  'fault',
  'announced',
]);

/** Checks the steps' ids, and that the addresses they expect can come from the pools that they name. */
export function checkSteps(parts: Parts, report: Report): void {
  const { steps } = parts;
  for (const [i, step] of steps.entries()) {
    if (step && steps.findIndex((other) => other?.id === step.id) < i) {
      report(['steps', i, 'id'], `"${step.id}" is the id of an earlier step too`);
    }
    if (!step) continue;
    if (step.kind === 'expect' || step.kind === 'many') {
      const addresses = step.kind === 'expect' ? step.expect.addresses : step.many.addresses;
      for (const [j, { family, pool }] of (addresses ?? []).entries()) {
        const at = ['steps', i, step.kind, 'addresses', j, 'pool'];
        if (pool !== undefined) checkPoolOf({ parts, at, family, pool, report });
      }
    }
    if (step.kind === 'outage' && !steps.slice(0, i).includes(undefined)) {
      checkOutageNames({
        outage: step.outage,
        at: ['steps', i, 'outage'],
        earlier: steps.slice(0, i),
        report,
      });
    }
    for (const [key, earlier] of earlierSteps(step)) {
      if (steps.slice(0, i).includes(undefined)) continue;
      const known = steps.slice(0, i).flatMap((one) => (one?.kind === step.kind ? [one.id] : []));
      if (known.includes(earlier)) continue;
      report(['steps', i, step.kind, key], unknownName(`earlier ${step.kind} step`, earlier, known));
    }
  }
  checkHeals(parts, report);
  if (parts.shared) {
    for (const [i, step] of steps.entries()) {
      if (step && NEEDS_BACKEND.has(step.kind)) {
        report(
          ['steps', i, step.kind],
          'a shared scenario has no backend and no cluster to itself: take `shared` out, or this step',
        );
      }
      if (step?.kind === 'stop') {
        report(['steps', i, 'stop'], 'others need the controller: take `shared` out, or this step');
      }
    }
  }
  const complete = steps.length > 0 && steps.every((step) => step !== undefined);
  if (complete && !steps.some((step) => isTest(step))) {
    report(['steps'], `nothing is tested: no step is one of ${TESTS.join(', ')}, or has \`rejected\``);
  }
}

function checkOutageNames(check: {
  outage: OutageStep;
  at: Path;
  earlier: readonly (Step | undefined)[];
  report: Report;
}): void {
  const { outage, at, earlier, report } = check;
  const streams = idsOf(earlier.filter((step) => step?.kind === 'streams'));
  if (!streams.includes(outage.of))
    report([...at, 'of'], unknownName('earlier streams step', outage.of, streams));
  // What was done before anybody looked has cost nothing that was seen.
  const begun = earlier.findIndex((step) => step?.id === outage.of);
  const since = idsOf(earlier.slice(begun + 1));
  if (!since.includes(outage.after)) {
    report([...at, 'after'], unknownName('step since the streams began', outage.after, since));
  }
}

function idsOf(steps: readonly (Step | undefined)[]): string[] {
  return steps.flatMap((step) => (step ? [step.id] : []));
}

/** What heals names a fault that was made before, and none twice. */
function checkHeals({ steps }: Parts, report: Report): void {
  const open = new Set<string>();
  for (const [i, step] of steps.entries()) {
    if (step === undefined) return;
    if (step.kind === 'fault') open.add(step.id);
    if (step.kind === 'heal' && !open.delete(step.heal)) {
      report(['steps', i, 'heal'], unknownName('earlier fault step that is not healed', step.heal, open));
    }
  }
}

/** The earlier steps of its own kind that a step is compared with, by the key that names them. */
function earlierSteps(step: Step): [key: string, id: string][] {
  const named =
    step.kind === 'expect'
      ? { keeps: step.expect.keeps, loses: step.expect.loses }
      : step.kind === 'announced'
        ? { moved: step.announced.moved, stays: step.announced.stays }
        : {};
  return Object.entries(named).flatMap(([key, id]) => (id === undefined ? [] : [[key, id] as const]));
}

function checkPoolOf(check: { parts: Parts; at: Path; family: Family; pool: string; report: Report }): void {
  const { parts, at, family, report } = check;
  if (!parts.pools) return;
  const pools = allPools(parts);
  const named = pools.filter(({ name }) => name === check.pool);
  if (named.length === 0) {
    const names = new Set(pools.map(({ name }) => name));
    report(at, unknownName('pool', check.pool, names));
    return;
  }
  const families = named.flatMap(({ ranges }) => ranges).map((name) => parts.ranges?.[name]?.family);
  if (!families.includes(undefined) && !families.includes(family)) {
    report(at, `the pool "${check.pool}" has no ${family} range`);
  }
}

function reportDuplicates(
  items: readonly { name: string }[] | undefined,
  at: (index: number) => Path,
  report: Report,
): void {
  for (const [index, { name }] of (items ?? []).entries()) {
    if (items?.findIndex((item) => item.name === name) !== index)
      report(at(index), `"${name}" is there twice`);
  }
}
