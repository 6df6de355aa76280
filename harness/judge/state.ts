import type { PoolRanges } from './pools.ts';
import type {
  BackendsObservation,
  EventObservation,
  Observation,
  PoolsObservation,
  ProbeObservation,
  ServiceObservation,
  StepObservation,
} from '../../reports/record/record.ts';

/** Everything that is known of one Service at a moment. */
export interface ServiceState {
  service: ServiceObservation | undefined;
  /** Events on the Service of that uid, oldest first. */
  events: EventObservation[];
}

/** The state of a Service from what was observed until `at`. A Service that was deleted is not there. */
export function serviceStateAt(observations: readonly Observation[], name: string, at: number): ServiceState {
  const service = observations.findLast(
    (one): one is ServiceObservation => one.kind === 'service' && one.service === name && one.at <= at,
  );
  if (!service || service.deleted) return { service: undefined, events: [] };
  const events = observations.filter(
    (one): one is EventObservation => one.kind === 'event' && one.uid === service.uid && one.at <= at,
  );
  return { service, events };
}

/** The states that a Service went through in a window, the one at its begin included. */
export function serviceHistory(
  observations: readonly Observation[],
  name: string,
  window: { from: number; to: number },
): ServiceObservation[] {
  const first = serviceStateAt(observations, name, window.from).service;
  const later = observations.filter(
    (one): one is ServiceObservation =>
      one.kind === 'service' && one.service === name && one.at > window.from && one.at <= window.to,
  );
  return first ? [first, ...later] : later;
}

/** The last one: a run's log has the steps of earlier scenarios too, and their ids are often the same. */
export function stepOf(observations: readonly Observation[], id: string): StepObservation | undefined {
  return observations.findLast((one): one is StepObservation => one.kind === 'step' && one.id === id);
}

/** The last attempt at each address in a step, and each family without one. */
export function lastProbes(observations: readonly Observation[], step: string): ProbeObservation[] {
  const byAddress = new Map<string, ProbeObservation>();
  for (const one of observations) {
    if (one.kind === 'probe' && one.step === step) byAddress.set(`${one.family} ${one.address ?? ''}`, one);
  }
  return [...byAddress.values()];
}

/** The addresses that the client asked all for, by broadcast or multicast, while a step ran. */
export function askedIn(
  observations: readonly Observation[],
  { at, endedAt }: Pick<StepObservation, 'at' | 'endedAt'>,
): Set<string> {
  return new Set(
    observations.flatMap((one) => {
      if (one.kind !== 'neighbour-message' || !one.client || !one.all) return [];
      const isQuestion = one.message === 'who-has' || one.message === 'solicitation';
      // A packet's time is known to within its error.
      const during = one.at >= at - one.errorMs && one.at <= endedAt + one.errorMs;
      return isQuestion && during ? [one.address] : [];
    }),
  );
}

export function backendsAt(observations: readonly Observation[], step: string): string[] {
  return (
    observations.findLast((one): one is BackendsObservation => one.kind === 'backends' && one.step === step)
      ?.pods ?? []
  );
}

/** The last state of each Service until `at`, by name; one that was deleted says so. */
export function lastStates(
  observations: readonly Observation[],
  at: number,
): Map<string, ServiceObservation> {
  const states = new Map<string, ServiceObservation>();
  for (const one of observations) {
    if (one.kind === 'service' && one.at <= at) states.set(one.service, one);
  }
  return states;
}

/** The ranges of the scenario's pools at a moment. */
export function poolsAt(observations: readonly Observation[], at: number): PoolRanges {
  return (
    observations.findLast((one): one is PoolsObservation => one.kind === 'pools' && one.at <= at)?.pools ?? {}
  );
}
