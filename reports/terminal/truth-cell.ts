import { familyOf, type Family } from '../../base/addresses.ts';
import type { Observation, ScenarioRecord } from '../record/record.ts';

/** `refused`: by the API, `taken`: not so. Otherwise the families of which there is an address, in that order. */
export type Outcome = 'refused' | 'taken' | readonly Family[];

/** What is expected at the end of one step of a case. */
export interface TruthPhase {
  step: string;
  expected: Outcome;
}

/** One case of the model, and what came of it. */
export interface TruthRow {
  /** The id of its scenario. */
  id: string;
  topology: string;
  policy: string;
  families: string;
  shape: string;
  operation: string;
  /** The Service that is looked at. */
  service: string;
  phases: readonly TruthPhase[];
  /** Left out where the case was not run. */
  record?: ScenarioRecord | undefined;
}

/**
 * What was seen at the end of each phase, as far as the run came; undefined where the case was not run, or where
 * the harness failed in it.
 */
export function measuredOf({ phases, service, record }: TruthRow): Outcome[] | undefined {
  if (!record || record.verdict.pair === 'error' || record.verdict.pair === 'unsupported') return undefined;
  return phases.flatMap(({ step, expected }) => {
    const isRefusal = expected === 'refused';
    return (
      (isRefusal ? answerTo(step, record.observations) : stateAfter(step, service, record.observations)) ?? []
    );
  });
}

/** In an array of its own, so that a list of families does not become a list of outcomes. */
function answerTo(step: string, observations: readonly Observation[]): [Outcome] | undefined {
  const answer = observations.find((one) => one.kind === 'answer' && one.step === step);
  if (answer?.kind !== 'answer') return undefined;
  return [answer.accepted ? 'taken' : 'refused'];
}

function stateAfter(
  step: string,
  service: string,
  observations: readonly Observation[],
): [Outcome] | undefined {
  const end = observations.find((one) => one.kind === 'step' && one.id === step);
  if (end?.kind !== 'step') return undefined;
  const state = observations.findLast(
    (one) => one.kind === 'service' && one.service === service && one.at <= end.endedAt,
  );
  return state?.kind === 'service'
    ? [state.deleted ? [] : state.addresses.map((one) => familyOf(one))]
    : undefined;
}

/** `46` for two addresses with IPv4 first, `-` for Pending, `x` for refused; phases one after another: `4›46`. */
export function marksOf(outcomes: readonly Outcome[]): string {
  return outcomes
    .map((one) => {
      if (one === 'refused') return 'x';
      if (one === 'taken') return 'o';
      return one.map((family) => family.slice(-1)).join('') || '-';
    })
    .join('›');
}

/** `IPv4 and IPv6, then Pending`. */
export function wordsOf(outcomes: readonly Outcome[]): string {
  return outcomes
    .map((one) => {
      if (one === 'refused') return 'refused';
      if (one === 'taken') return 'not refused';
      return one.join(' and ') || 'Pending';
    })
    .join(', then ');
}
