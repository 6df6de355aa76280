import { timeoutMs } from '../../base/timeouts.ts';
import type { Observation } from '../../reports/record/record.ts';
import { checkExpectation, type TellingOf } from '../judge/expectation.ts';
import { expectationContext } from '../judge/judge.ts';
import { serviceStateAt } from '../judge/state.ts';
import type { Expectation } from '../scenario/expectation.ts';
import type { LastChange } from './last-changes.ts';
import type { ObservationLog } from './observation-log.ts';
import type { Stopwatch } from './stopwatch.ts';

export interface ExpectStepOptions {
  step: string;
  /** The claim's expectation, and the known deviation's where there is one: either ends the wait. */
  expectations: readonly Expectation[];
  log: ObservationLog;
  telling: TellingOf;
  /** When the Service was changed last, and how the answer to that is known. */
  change: LastChange;
  stopwatch: Stopwatch;
  signal: AbortSignal;
}

/**
 * Waits until a Service is as one of the expectations says, or the time for it is up. Where something could
 * still come (a Pending Service, or fewer addresses than families), the implementation has to answer to the last
 * change first: an allocator that is slow looks like one that gives nothing. Then it also has to stay so for the
 * settle time, counted from the last word about the Service: its status, an event of the controller, or that
 * answer.
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
    const answer = () => whenAnswered(expectation, options);
    const answeredAt = await stopwatch.spend('implementation', answer);
    const settled = () => stays(expectation, { ...options, answeredAt });
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
function couldChange(expectation: Expectation, log: ObservationLog): boolean {
  const { service, addresses, keeps } = expectation;
  if (awaitsNothing(expectation) || keeps !== undefined) return true;
  const families = serviceStateAt(log.all(), service, Infinity).service?.ipFamilies.length ?? 0;
  return addresses !== undefined && addresses.length < families;
}

/** Nothing is expected: no address, or no word. That is how it looks before anything happens, too. */
function awaitsNothing({ pending, says }: Expectation): boolean {
  return pending || says === 'nothing';
}

/**
 * Resolves when the implementation has answered to the last change of the Service: by an event or a condition, or
 * by a look at it, then with the time of that. One that has nothing to say of the Service is given the time for
 * it, and no more; where something is there already, the settle time.
 */
async function whenAnswered(
  expectation: Expectation,
  options: ExpectStepOptions,
): Promise<number | undefined> {
  const { log, change, telling, signal } = options;
  const bound = change.at + timeoutMs(awaitsNothing(expectation) ? 'verdictEvent' : 'settle');
  const withinMs = bound - log.now();
  if (withinMs <= 0) return undefined;
  const scope = new AbortController();
  const bounds = { withinMs, signal: AbortSignal.any([signal, scope.signal]) };
  const heard = () => isAnswered(expectation.service, { log, since: change.at, telling });
  try {
    return await Promise.race([
      log.until(() => heard() || !isMet(expectation, options), bounds).then(() => undefined),
      change.whenLookedAt(bounds),
    ]);
  } finally {
    scope.abort();
  }
}

interface Hearing {
  log: ObservationLog;
  since: number;
  telling: TellingOf;
}

/** Whether an event that tells of its addresses came since then, or its conditions have changed. */
function isAnswered(name: string, { log, since, telling }: Hearing): boolean {
  const { service, events } = serviceStateAt(log.all(), name, Infinity);
  if (telling({ service: undefined, events: events.filter(({ at }) => at >= since) })) return true;
  const before = serviceStateAt(log.all(), name, since).service;
  return JSON.stringify(before?.conditions ?? []) !== JSON.stringify(service?.conditions ?? []);
}

/** True when nothing was said about the Service for the settle time; false as soon as it is no longer so. */
async function stays(
  expectation: Expectation,
  options: ExpectStepOptions & { answeredAt: number | undefined },
): Promise<boolean> {
  const { log, answeredAt = 0, signal } = options;
  const settle = timeoutMs('settle');
  const bound = log.now() + settle + timeoutMs('verdictEvent');
  const lastWord = () =>
    Math.max(answeredAt, log.all().findLast((one) => isAbout(one, expectation.service))?.at ?? 0);
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
