import { afterEach, expect, it, vi } from 'vitest';

import { monotonicMs } from '../../base/clock.ts';
import { metallbTelling } from '../../clusters/implementations/metallb/telling.ts';
import { checkInvariants } from '../judge/invariants.ts';
import { nudge, type NudgeOptions } from './nudges.ts';
import { ObservationLog } from './observation-log.ts';
import { tellingOf } from './telling.ts';

type Telling = NudgeOptions['session']['implementation']['telling'];

afterEach(() => vi.unstubAllEnvs());

const V4 = '192.0.2.1';

const done = () => Promise.resolve({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } });

/** A Service that has an address, of which the last word is still that there is none. */
function setUp({ tellsSo = true, whenAsked = (_log: ObservationLog) => {} } = {}) {
  const log = new ObservationLog(monotonicMs());
  log.add({ kind: 'pools', pools: { 'ipv4-pool': [`${V4}-${V4}`] } });
  log.add({
    kind: 'service',
    service: 'web',
    uid: 'u',
    deleted: false,
    type: 'LoadBalancer',
    ipFamilies: ['IPv4'],
    clusterIPs: ['10.96.0.1'],
    addresses: [V4],
  });
  addEvent(log, 'AllocationFailed', 'no available IPs');
  const implementation = {
    telling: vi.fn<Telling>((events) => {
      whenAsked(log);
      return metallbTelling(events);
    }),
  };
  const client = { patch: done, apply: done, deleteAndWait: async () => void (await done()) };
  const session = {
    runId: 'run',
    namespace: 'demo',
    log,
    implementation,
    cluster: { client },
    pools: { mark: () => 0, whenReconciled: () => Promise.resolve(0) },
  };
  const options = {
    nudges: 'light',
    session,
    tellsSo,
    signal: new AbortController().signal,
    // Light nudges need neither.
    pools: { whenTakenAgain: () => Promise.reject(new Error('no pool was to be taken again')) },
    seat: { restart: () => Promise.reject(new Error('nothing was to be restarted')) },
  } satisfies NudgeOptions;
  const violated = () =>
    checkInvariants({ observations: log.all(), telling: tellingOf(session.implementation), annotations: {} })
      .filter(({ ok }) => !ok)
      .map(({ step, observed }) => `${step}: ${observed}`);
  return { ...options, implementation, violated };
}

function addEvent(log: ObservationLog, reason: string, message: string): void {
  const about = { service: 'web', uid: 'u', source: 'controller' };
  log.add({ kind: 'event', ...about, type: 'Normal', reason, message });
}

it('wait in the end for an event that comes after its status', async () => {
  let isAsked = false;
  const given = setUp({
    whenAsked(log) {
      if (isAsked) return;
      isAsked = true;
      setTimeout(() => addEvent(log, 'IPAllocated', `Assigned IP [${V4}]`));
    },
  });
  await nudge(given);
  expect(given.violated()).toEqual([]);
});

it('wait no longer than an event may take, and then it is missing', async () => {
  vi.stubEnv('DUALVIP_TIMEOUT_EVENT', '20');
  const given = setUp();
  await nudge(given);
  expect(given.violated()).toEqual([
    'invariant-says-so: web has 192.0.2.1, and is told: AllocationFailed: no available IPs',
  ]);
});

it('wait for no word where it is known that it is another one', async () => {
  const given = setUp({ tellsSo: false });
  await nudge(given);
  expect(given.implementation.telling).not.toHaveBeenCalled();
});
