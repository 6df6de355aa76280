import { FAMILIES, type Family } from '../../base/addresses.ts';
import type {
  Check,
  ControlObservation,
  Observation,
  Subject,
  UnclaimedObservation,
  Verdict,
} from '../../reports/record/record.ts';
import type { Expectation, Probe } from '../scenario/expectation.ts';
import {
  isTest,
  type Announced,
  type Diagnose,
  type Many,
  type OutageStep,
  type Routes,
  type Step,
  type Traffic,
} from '../scenario/schema.ts';
import { checkAnnounced } from './announced.ts';
import { checkExpectation, type ExpectationContext, type TellingOf } from './expectation.ts';
import { checkInvariants, invariantStep, type Invariant, type InvariantContext } from './invariants.ts';
import { checkMany } from './many.ts';
import { checkOutage } from './outage.ts';
import { checkProbe } from './probe.ts';
import { checkRoutes } from './routes.ts';
import {
  checkAnswer,
  checkDiagnosis,
  checkPrerequisites,
  checkTraffic,
  notReached,
  unclaimed,
} from './special.ts';
import { checkSpread } from './spread.ts';
import { servicesOf } from './step-service.ts';
import { askedIn, backendsAt, lastProbes, poolsAt, serviceHistory, serviceStateAt, stepOf } from './state.ts';

/** What a known deviation puts in the place of the claim's expectations, by step id. */
export type Overrides = Readonly<
  Record<
    string,
    {
      expect?: Expectation | undefined;
      probe?: Probe | undefined;
      traffic?: Traffic | undefined;
      outage?: OutageStep | undefined;
      diagnose?: Diagnose | undefined;
      routes?: Routes | undefined;
      announced?: Announced | undefined;
      accepted?: true | undefined;
      /** By chance: the step may as well be as claimed. */
      chance?: true | undefined;
    }
  >
>;

export interface JudgeInput {
  /** Their template variables replaced. */
  steps: readonly Step[];
  observations: readonly Observation[];
  /** Of the Services, to name them by. */
  namespace?: string | undefined;
  /** How the implementation tells of a Service's addresses. */
  telling?: TellingOf | undefined;
  /** The annotations by which a Service asks it for something. */
  annotations?: InvariantContext['annotations'] | undefined;
  /** Invariants that are known to be violated. */
  violated?: readonly Invariant[] | undefined;
  /** Those that are by chance. */
  mayViolate?: readonly Invariant[] | undefined;
  /** Of the deviation that applies, when there is one. */
  overrides?: Overrides | undefined;
}

export interface Judgement {
  verdict: Record<Subject, Verdict>;
  checks: Check[];
  deviationChecks: Check[];
}

/**
 * Expectations and observations to a verdict, for each family and the pair. Pure: a stored run can be judged
 * again. The claim decides; where it is refuted, the deviation, when there is one, must hold exactly.
 */
export function judge(input: JudgeInput): Judgement {
  const { observations, telling, annotations = {}, violated = [], mayViolate = [] } = input;
  const invariants = checkInvariants({ observations, telling, annotations });
  const checks = [...checkSteps(input, {}), ...invariants];
  const deviationChecks = input.overrides
    ? [...checkSteps(input, input.overrides), ...knownViolations(invariants, { violated, mayViolate })]
    : [];
  const asClaimed = checks.every(({ ok }) => ok);
  const known = input.overrides !== undefined && deviationChecks.every(({ ok }) => ok);
  const verdictOf = (subject: Subject): Verdict => {
    // The pair is all of it; a family is what is about that family alone.
    const failedOf = (all: readonly Check[]) =>
      all.filter((check) => !check.ok && (subject === 'pair' || check.subject === subject));
    if (asClaimed && input.overrides && !isByChance(input)) {
      // A family that the deviation says nothing else of was never expected to fail.
      return subject === 'pair' || failedOf(deviationChecks).length > 0 ? 'unexpected-pass' : 'pass';
    }
    const own = checks.filter((check) => subject === 'pair' || check.subject === subject);
    if (own.length > 0 && own.every(({ unsupported }) => unsupported)) return 'unsupported';
    const failed = failedOf(checks);
    if (failed.length === 0) return 'pass';
    if (known) return 'expected-fail';
    return failed.every(({ inconclusive }) => inconclusive) ? 'inconclusive' : 'fail';
  };
  const verdict = { pair: verdictOf('pair'), IPv4: verdictOf('IPv4'), IPv6: verdictOf('IPv6') };
  return { verdict, checks, deviationChecks };
}

/** Whether nothing of the deviation has to be seen. */
function isByChance({ overrides = {}, violated = [], mayViolate = [] }: JudgeInput): boolean {
  const steps = Object.values(overrides);
  return violated.length === 0 && steps.every(({ chance }) => chance) && steps.length + mayViolate.length > 0;
}

/** The same checks, where one that is known to be violated has to be, or may be. */
function knownViolations(
  checks: readonly Check[],
  { violated, mayViolate }: { violated: readonly Invariant[]; mayViolate: readonly Invariant[] },
): Check[] {
  const [certain, possible] = [violated, mayViolate].map((some) => new Set(some.map(invariantStep)));
  return checks.map((check) => {
    if (certain?.has(check.step)) {
      return { ...check, ok: !check.ok, expected: `known to be violated: ${check.expected}` };
    }
    if (!possible?.has(check.step)) return check;
    return { ...check, ok: true, expected: `known to be violated by chance: ${check.expected}` };
  });
}

function checkSteps(input: JudgeInput, overrides: Overrides): Check[] {
  return input.steps.flatMap((step) => {
    const checks = checkOverridden(step, input, overrides[step.id]);
    const [service, ...others] = servicesOf(step, input.steps);
    if (input.namespace === undefined || service === undefined || others.length > 0) return checks;
    return checks.map((check) => ({ ...check, service: `${input.namespace}/${service}` }));
  });
}

/** Where the deviation is by chance, as claimed is as good. */
function checkOverridden(step: Step, input: JudgeInput, override: Overrides[string] | undefined): Check[] {
  if (!override?.chance) return checkStep(step, input, override);
  const claimed = checkStep(step, input, undefined);
  return claimed.every(({ ok }) => ok) ? claimed : checkStep(step, input, override);
}

function checkStep(step: Step, input: JudgeInput, override: Overrides[string] | undefined): Check[] {
  const { observations } = input;
  const { id } = step;
  if (!stepOf(observations, id)) return isTest(step) ? notReached(id) : [];
  const missing = observations.find(
    (one): one is UnclaimedObservation => one.kind === 'unclaimed' && one.step === id,
  );
  if (missing) return unclaimed(id, missing);
  if (step.rejected !== undefined) {
    return [checkAnswer(id, override?.accepted ? undefined : step.rejected, observations)];
  }
  switch (step.kind) {
    case 'expect':
      return checkExpectStep(id, override?.expect ?? step.expect, input);
    case 'probe':
      return checkProbeStep(id, override?.probe ?? step.probe, observations);
    case 'many':
      return checkManyStep(id, step.many, observations);
    case 'traffic':
      return checkTraffic(id, override?.traffic ?? step.traffic, observations);
    case 'outage':
      return checkOutage(id, override?.outage ?? step.outage, observations);
    case 'diagnose':
      return [checkDiagnosis(id, override?.diagnose ?? step.diagnose, observations)];
    case 'prerequisites':
      return checkPrerequisites(id, step.prerequisites, observations);
    case 'routes':
      return checkRoutesStep(id, override?.routes ?? step.routes, observations);
    case 'spread':
      return checkSpread(id, observations);
    case 'announced':
      return checkAnnouncedStep(id, override?.announced ?? step.announced, observations);
    default:
      return [];
  }
}

function checkRoutesStep(step: string, routes: Routes, observations: readonly Observation[]): Check[] {
  const at = stepOf(observations, step)?.endedAt ?? 0;
  return checkRoutes(routes, { step, observations, at });
}

function checkManyStep(step: string, many: Many, observations: readonly Observation[]): Check[] {
  const at = stepOf(observations, step)?.endedAt ?? 0;
  return checkMany(many, { step, observations, pools: poolsAt(observations, at), at });
}

/** The checks of one expect step, from what had been observed when it ended. */
function checkExpectStep(
  id: string,
  expectation: Expectation,
  { observations, telling }: Pick<JudgeInput, 'observations' | 'telling'>,
): Check[] {
  const step = stepOf(observations, id);
  if (!step) return notReached(id);
  const context = expectationContext(expectation, { step: id, observations, at: step.endedAt, telling });
  const checks = checkExpectation(expectation, context);
  if (expectation.pending) {
    const history = serviceHistory(observations, expectation.service, { from: step.at, to: step.endedAt });
    const had = history.flatMap(({ addresses }) => addresses).filter((one) => !context.lost?.includes(one));
    checks.push({
      step: id,
      subject: 'pair',
      ok: had.length === 0,
      expected: 'stays without an address',
      observed:
        had.length === 0 ? `for ${Math.round(step.endedAt - step.at)} ms` : `it had ${had.join(', ')}`,
    });
  }
  return checks;
}

/** What an expectation is compared with, at a moment. */
export function expectationContext(
  expectation: Expectation,
  options: {
    step: string;
    observations: readonly Observation[];
    at: number;
    telling: TellingOf | undefined;
  },
): ExpectationContext {
  const { step, observations, at, telling } = options;
  const stateOf = (name: string) => serviceStateAt(observations, name, at);
  const { service, keeps, loses, distinctFrom, sharesWith } = expectation;
  const addressesAfter = (id: string | undefined) => {
    const earlier = id === undefined ? undefined : stepOf(observations, id);
    return earlier && (serviceStateAt(observations, service, earlier.endedAt).service?.addresses ?? []);
  };
  return {
    step,
    pools: poolsAt(observations, at),
    state: stateOf(service),
    others: Object.fromEntries([...distinctFrom, ...sharesWith].map((name) => [name, stateOf(name)])),
    kept: addressesAfter(keeps),
    lost: addressesAfter(loses),
    telling,
  };
}

function checkAnnouncedStep(id: string, announced: Announced, observations: readonly Observation[]): Check[] {
  const at = stepOf(observations, id)?.endedAt ?? 0;
  const familiesOf = (name: string) => serviceStateAt(observations, name, at).service?.ipFamilies ?? FAMILIES;
  return checkAnnounced(announced, { step: id, observations, familiesOf });
}

/** The checks of one probe step. */
function checkProbeStep(id: string, probe: Probe, observations: readonly Observation[]): Check[] {
  const step = stepOf(observations, id);
  if (!step) return notReached(id);
  const families: readonly Family[] =
    serviceStateAt(observations, probe.service, step.endedAt).service?.ipFamilies ?? FAMILIES;
  return checkProbe(probe, {
    step: id,
    serviceFamilies: families,
    probes: lastProbes(observations, id),
    controls: observations.filter(
      (one): one is ControlObservation => one.kind === 'control' && one.step === id,
    ),
    backends: backendsAt(observations, id),
    asked: askedIn(observations, step),
  });
}
