import { FAMILIES, type Family } from '../../base/addresses.ts';
import {
  SUBJECTS,
  type Check,
  type ControlObservation,
  type Observation,
  type Subject,
  type Verdict,
} from '../../reports/record/record.ts';
import type { Expectation, Probe } from '../scenario/expectation.ts';
import type { Step } from '../scenario/schema.ts';
import { checkExpectation } from './expectation.ts';
import type { PoolRanges } from './pools.ts';
import { checkProbe } from './probe.ts';
import { backendsAt, lastProbes, serviceHistory, serviceStateAt, stepOf } from './state.ts';

/** What a known deviation puts in the place of the claim's expectations, by step id. */
export type Overrides = Readonly<
  Record<string, { expect?: Expectation | undefined; probe?: Probe | undefined }>
>;

export interface JudgeInput {
  steps: readonly Step[];
  observations: readonly Observation[];
  pools: PoolRanges;
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
  const checks = checkSteps(input, {});
  const deviationChecks = input.overrides ? checkSteps(input, input.overrides) : [];
  const asClaimed = checks.every(({ ok }) => ok);
  const known = input.overrides !== undefined && deviationChecks.every(({ ok }) => ok);
  const verdictOf = (subject: Subject): Verdict => {
    // The pair is all of it; a family is what is about that family alone.
    const failedOf = (all: readonly Check[]) =>
      all.filter((check) => !check.ok && (subject === 'pair' || check.subject === subject));
    if (asClaimed && input.overrides) {
      // A family that the deviation says nothing else of was never expected to fail.
      return subject === 'pair' || failedOf(deviationChecks).length > 0 ? 'unexpected-pass' : 'pass';
    }
    const failed = failedOf(checks);
    if (failed.length === 0) return 'pass';
    if (known) return 'expected-fail';
    return failed.every(({ inconclusive }) => inconclusive) ? 'inconclusive' : 'fail';
  };
  const verdict = { pair: verdictOf('pair'), IPv4: verdictOf('IPv4'), IPv6: verdictOf('IPv6') };
  return { verdict, checks, deviationChecks };
}

function checkSteps({ steps, observations, pools }: JudgeInput, overrides: Overrides): Check[] {
  return steps.flatMap((step) => {
    const override = overrides[step.id];
    if (step.kind === 'expect') {
      return checkExpectStep(step.id, override?.expect ?? step.expect, observations, pools);
    }
    if (step.kind === 'probe') return checkProbeStep(step.id, override?.probe ?? step.probe, observations);
    return [];
  });
}

/** The checks of one expect step, from what had been observed when it ended. */
export function checkExpectStep(
  id: string,
  expectation: Expectation,
  observations: readonly Observation[],
  pools: PoolRanges,
): Check[] {
  const step = stepOf(observations, id);
  if (!step) return notReached(id);
  const stateOf = (name: string) => serviceStateAt(observations, name, step.endedAt);
  const checks = checkExpectation(expectation, {
    step: id,
    pools,
    state: stateOf(expectation.service),
    others: Object.fromEntries(expectation.distinctFrom.map((name) => [name, stateOf(name)])),
  });
  if (expectation.pending) {
    const history = serviceHistory(observations, expectation.service, { from: step.at, to: step.endedAt });
    const had = history.flatMap(({ addresses }) => addresses);
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

/** The checks of one probe step. */
export function checkProbeStep(id: string, probe: Probe, observations: readonly Observation[]): Check[] {
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
  });
}

/** Of every subject: no family passes that nobody looked at. */
function notReached(step: string): Check[] {
  return SUBJECTS.map((subject) => ({
    step,
    subject,
    ok: false,
    expected: 'the step is run',
    observed: 'the run ended before it',
  }));
}
