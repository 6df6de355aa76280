import { timeoutMs } from '../../base/timeouts.ts';
import type { Observation } from '../../reports/record/record.ts';
import { checkExpectation, type TellingOf } from '../judge/expectation.ts';
import { expectationContext } from '../judge/judge.ts';
import { serviceStateAt } from '../judge/state.ts';
import type { Expectation } from '../scenario/expectation.ts';
import type { ObservationLog } from './observation-log.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface ExpectStepOptions {
  step: string;
  /** The claim's expectation, and the known deviation's where there is one: either ends the wait. */
  expectations: readonly Expectation[];
  log: ObservationLog;
  telling: TellingOf;
  stopwatch: Stopwatch;
  signal: AbortSignal;
}

/**
 * Waits until a Service is as one of the expectations says, or the time for it is up. Where something could
 * still come (a Pending Service, or fewer addresses than families), it also has to stay so for the settle
 * time, counted from the last word about the Service: its status, or an event of the controller.
 */
export async function runExpectStep(options: ExpectStepOptions): Promise<void> {
  const { expectations, log, stopwatch, signal } = options;
  const deadline = log.now() + timeoutMs('assignment');
  const met = () => expectations.find((expectation) => isMet(expectation, options));
  for (;;) {
    const left = deadline - log.now();
    const wait = () => log.until(() => met() !== undefined, { withinMs: left, signal });
    if (!(await stopwatch.spend('implementation', wait))) return;
    const expectation = met();
    if (!expectation || !couldChange(expectation, log)) return;
    const settled = () => stays(expectation, options);
    if (await stopwatch.spend('settle', settled)) return;
  }
}

function isMet(expectation: Expectation, { step, log, telling }: ExpectStepOptions): boolean {
  const context = expectationContext(expectation, {
    step,
    observations: log.all(),
    at: Infinity,
    telling,
  });
  return checkExpectation(expectation, context).every(({ ok }) => ok);
}

/** Whether another address could still come: then "exactly" and "Pending" take a while to believe. */
function couldChange({ service, addresses, pending, keeps }: Expectation, log: ObservationLog): boolean {
  if (pending || keeps !== undefined) return true;
  const families = serviceStateAt(log.all(), service, Infinity).service?.ipFamilies.length ?? 0;
  return addresses !== undefined && addresses.length < families;
}

/** True when nothing was said about the Service for the settle time; false as soon as it is no longer so. */
async function stays(expectation: Expectation, options: ExpectStepOptions): Promise<boolean> {
  const { log, signal } = options;
  const settle = timeoutMs('settle');
  const bound = log.now() + settle + timeoutMs('verdictEvent');
  const lastWord = () => log.all().findLast((one) => isAbout(one, expectation.service))?.at ?? 0;
  for (;;) {
    const quietUntil = Math.min(lastWord() + settle, bound);
    const left = quietUntil - log.now();
    if (left <= 0) return isMet(expectation, options);
    const before = lastWord();
    const changed = await log.until(() => lastWord() !== before, { withinMs: left, signal });
    if (changed && !isMet(expectation, options)) return false;
  }
}

function isAbout(observation: Observation, service: string): boolean {
  return (observation.kind === 'service' || observation.kind === 'event') && observation.service === service;
}
