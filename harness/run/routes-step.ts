import { timeoutMs } from '../../base/timeouts.ts';
import { checkRoutes } from '../judge/routes.ts';
import type { Routes } from '../scenario/step.ts';
import { endpointsOf } from './endpoints.ts';
import type { Session } from './session.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface RoutesStepOptions {
  step: string;
  /** The claim's expectation, and the known deviation's where there is one: either ends the wait. */
  expectations: readonly Routes[];
  session: Session;
  stopwatch: Stopwatch;
  signal: AbortSignal;
}

/** Waits until the router's routes are as one of the expectations says, or the time for it is up. */
export async function runRoutesStep(options: RoutesStepOptions): Promise<void> {
  const { step, expectations, session, stopwatch, signal } = options;
  const { log } = session;
  for (const { service } of expectations) {
    log.add((await endpointsOf({ step, service, session, signal })).observation);
  }
  const isMet = () =>
    expectations.some((one) =>
      checkRoutes(one, { step, observations: log.all(), at: Infinity }).every(({ ok }) => ok),
    );
  await stopwatch.spend('implementation', () => log.until(isMet, { withinMs: timeoutMs('routes'), signal }));
}
