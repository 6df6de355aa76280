import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { monotonicMs } from '../../base/clock.ts';
import { sleep } from '../../base/converge.ts';
import { metallbTelling } from '../../clusters/implementations/metallb/telling.ts';
import { expectSchema } from '../scenario/expectation.ts';
import { runExpectStep } from './expect-step.ts';
import { ObservationLog } from './observation-log.ts';
import { Stopwatch } from './stopwatch.ts';

const pools = { 'ipv4-pool': ['192.0.2.1-192.0.2.8'], 'ipv6-pool': ['2001:db8::1-2001:db8::8'] };
const [v4, v6] = ['192.0.2.1', '2001:db8::1'];
const both = expectSchema.parse({ service: 'web', addresses: [{ family: 'IPv4' }, { family: 'IPv6' }] });
const onlyV4 = expectSchema.parse({ service: 'web', addresses: [{ family: 'IPv4' }] });
const pending = expectSchema.parse({
  service: 'web',
  pending: true,
  events: [{ reason: 'AllocationFailed', type: 'Warning' }],
});

/** The bounds of base/timeouts.ts, in round numbers, on a clock that jumps from timer to timer. */
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv('DUALVIP_TIMEOUT_ASSIGNMENT', '400');
  vi.stubEnv('DUALVIP_TIMEOUT_SETTLE', '40');
  vi.stubEnv('DUALVIP_TIMEOUT_VERDICT_EVENT', '400');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** Waits on that clock: it goes on only as far as something waits for it. */
async function passing(waiting: Promise<void>): Promise<void> {
  const over = waiting.then(() => true);
  for (;;) {
    const next = vi.advanceTimersToNextTimerAsync().then(() => false);
    if (await Promise.race([over, next])) return;
  }
}

function setUp() {
  const log = new ObservationLog(monotonicMs());
  log.add({ kind: 'pools', pools });
  const service = (...addresses: string[]) =>
    log.add({
      kind: 'service',
      service: 'web',
      uid: 'u',
      deleted: false,
      ipFamilies: ['IPv4', 'IPv6'],
      clusterIPs: ['10.96.0.1', 'fd00::1'],
      addresses,
    });
  const event = (reason: string, type: string) =>
    log.add({ kind: 'event', service: 'web', uid: 'u', type, reason, message: '', source: 'controller' });
  const stopwatch = new Stopwatch();
  // As if a step had changed the Service now; `looked`: when the implementation says that it has looked at it.
  const looked = Promise.withResolvers<number | undefined>();
  const change = {
    at: log.now(),
    whenLookedAt: ({ withinMs }: { withinMs: number }) =>
      Promise.race([looked.promise, sleep(withinMs).then(() => undefined)]),
  };
  const wait = (...expectations: (typeof both)[]) =>
    passing(
      runExpectStep({
        step: 'assigned',
        expectations,
        log,
        telling: ({ events }) => metallbTelling(events),
        change,
        stopwatch,
        signal: new AbortController().signal,
      }),
    );
  const look = () => looked.resolve(log.now());
  return { log, service, event, look, stopwatch, wait };
}

describe('runExpectStep', () => {
  it('ends at once when the expectation is met and nothing more can come', async () => {
    const { service, wait, stopwatch } = setUp();
    const waiting = wait(both);
    service();
    service(v4, v6);
    await waiting;
    expect(stopwatch.timing().wallMs).toBe(0);
  });

  it('stays for the settle time where a family could still come', async () => {
    const { service, wait, stopwatch } = setUp();
    service(v4);
    await wait(onlyV4);
    // All of it for the answer to the change, which does not come here.
    expect(stopwatch.timing()).toMatchObject({ implementationMs: 40, settleMs: 0 });
  });

  it('ends when the known deviation is met instead', async () => {
    const { service, wait, stopwatch } = setUp();
    service(v4);
    await wait(both, onlyV4);
    expect(stopwatch.timing().wallMs).toBe(40);
  });

  it('does not believe Pending before the controller has said why', async () => {
    const { service, event, wait, stopwatch } = setUp();
    service();
    setTimeout(() => event('AllocationFailed', 'Warning'), 60);
    await wait(pending);
    expect(stopwatch.timing()).toMatchObject({ implementationMs: 60, settleMs: 40 });
  });

  describe('a Pending Service', () => {
    const quiet = expectSchema.parse({ service: 'web', pending: true });

    it('is not believed before the implementation has looked at it', async () => {
      const { service, look, wait, stopwatch } = setUp();
      service();
      setTimeout(look, 120);
      await wait(quiet);
      // The settle time counts from the look.
      expect(stopwatch.timing()).toMatchObject({ implementationMs: 120, settleMs: 40 });
    });

    it.each(['AllocationFailed', 'IPAllocated'])('is answered by the event %s', async (reason) => {
      const { log, service, event, wait } = setUp();
      service();
      setTimeout(() => event(reason, 'Normal'), 120);
      await wait(quiet);
      expect(log.now()).toBe(160);
    });

    it('is not answered by what the announcer says', async () => {
      const { log, service, event, wait } = setUp();
      service();
      setTimeout(() => event('nodeAssigned', 'Normal'), 20);
      await wait(quiet);
      expect(log.now()).toBe(400);
    });

    it('is not Pending when the address comes late', async () => {
      const { service, wait, stopwatch } = setUp();
      service();
      setTimeout(() => service(v4), 120);
      await wait(quiet, onlyV4);
      expect(stopwatch.timing()).toMatchObject({ implementationMs: 120, settleMs: 40 });
    });

    it('is believed at the bound where nobody answers', async () => {
      const { log, service, wait } = setUp();
      service();
      await wait(quiet);
      expect(log.now()).toBe(400);
    });
  });

  it('goes on waiting when the second family comes while it settles', async () => {
    const { log, service, wait } = setUp();
    service(v4);
    setTimeout(() => service(v4, v6), 15);
    await wait(onlyV4);
    // Never met again: only the bound ended it.
    expect(log.now()).toBe(400);
  });

  it('counts the settle time from the last word about the Service', async () => {
    const { log, service, event, wait } = setUp();
    service(v4);
    setTimeout(() => event('AdditionalAssignFailed', 'Normal'), 25);
    await wait(onlyV4);
    expect(log.now()).toBe(65);
  });

  it('ends at its bound when nothing is as expected', async () => {
    const { log, service, wait } = setUp();
    service();
    await wait(both);
    expect(log.now()).toBe(400);
  });
});
