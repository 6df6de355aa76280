import { expect, it } from 'vitest';

import { eventObserved } from '../fixtures.ts';
import type {
  NeighbourMessageObservation,
  Observation,
  StreamObservation,
  WindowObservation,
} from './observation.ts';
import { describeOutage } from './outage-text.ts';
import { failoversOf } from './outages.ts';

const V4 = '172.18.255.1';
const V6 = 'fc00::1';

const window: WindowObservation = {
  kind: 'window',
  at: 1000,
  endedAt: 9000,
  step: 'failover',
  of: 'watched',
  after: 'node-dies',
  cause: 'fault',
  heals: false,
};

function stream(address: string, fields: Partial<StreamObservation> = {}): StreamObservation {
  return {
    kind: 'stream',
    at: 0,
    endedAt: 10_000,
    step: 'watched',
    service: 'web-frontend',
    family: address.includes(':') ? 'IPv6' : 'IPv4',
    address,
    port: 80,
    stream: 'new',
    intervalMs: 10,
    sent: 1000,
    ok: 900,
    gaps: [{ from: 1100, to: 3100, count: 200, outcome: 'timeout', after: 1090, until: 3090 }],
    ...fields,
  };
}

const controls = [
  stream('172.18.0.9', { stream: 'control', gaps: [] }),
  stream('fc00::9', { stream: 'control', gaps: [] }),
];
const elected = eventObserved({
  at: 2500,
  reason: 'nodeAssigned',
  message: 'announcing from node "dual-worker2" with protocol "layer2"',
});

it('tells what each window has cost each address', () => {
  const observations: Observation[] = [
    window,
    { ...window, at: 5000, step: 'healed', after: 'node-back', heals: true },
    elected,
    eventObserved({ at: 2400, reason: 'nodeAssigned', service: 'another' }),
    ...controls,
    stream(V4),
    stream(V6, { gaps: [] }),
    stream(V6, { step: 'other-streams' }),
  ];
  const told = failoversOf(observations).map(
    ({ window: { after }, service, outages }) =>
      `${after} ${service}: ${outages.map((one) => `${one.family} ${describeOutage(one)}`).join('; ')}`,
  );
  expect(told).toEqual([
    'node-dies web-frontend: IPv4 2000 ms ±10 ms (lost after 100 ms, elected after 1500 ms, answered after 2100 ms); IPv6 no outage (elected after 1500 ms)',
    'node-back web-frontend: IPv4 no outage; IPv6 no outage',
  ]);
});

const heard = (over: Partial<NeighbourMessageObservation>): Observation => ({
  kind: 'neighbour-message',
  at: 2600,
  errorMs: 0.3,
  family: 'IPv4',
  address: V4,
  message: 'gratuitous',
  mac: '02:42:ac:12:00:03',
  node: 'dual-worker2',
  sentence: '',
  ...over,
});

it('hears a new announcer from its own word to all, and not from answers or from what the client sends', () => {
  const announcedAfter = (...messages: Observation[]) => {
    const [failover] = failoversOf([window, ...controls, stream(V4), stream(V6), ...messages]);
    return failover?.outages.map((one) => one.announcedAfter);
  };
  expect(announcedAfter(heard({}), heard({ at: 3700 }))).toEqual([1600, undefined]);
  expect(
    announcedAfter(heard({ at: 2700, family: 'IPv6', address: V6, message: 'unsolicited' }), heard({})),
  ).toEqual([1600, 1700]);
  expect(announcedAfter(heard({ message: 'is-at' }))).toEqual([undefined, undefined]);
  expect(announcedAfter(heard({ client: true }))).toEqual([undefined, undefined]);
  expect(announcedAfter(heard({ address: '172.18.255.9' }))).toEqual([undefined, undefined]);
});

it('takes no word of the old announcer for a new one, unless it is the only one, and after the loss', () => {
  const old = { node: 'dual-worker' };
  const before = heard({ ...old, at: 400, message: 'is-at' });
  const announcedAfter = (...messages: Observation[]) =>
    failoversOf([window, before, ...controls, stream(V4), ...messages])[0]?.outages[0]?.announcedAfter;
  expect(announcedAfter(heard({ ...old, at: 1050 }), heard({ at: 2600 }))).toBe(1600);
  expect(announcedAfter(heard({ ...old, at: 1200 }), heard({ at: 2600 }))).toBe(1600);
  expect(announcedAfter(heard({ ...old, at: 1050 }))).toBeUndefined();
  expect(announcedAfter(heard({ ...old, at: 1050 }), heard({ ...old, at: 3000 }))).toBe(2000);
});

it('takes no word of an announcer that stays for a way back', () => {
  const said = eventObserved({
    at: 300,
    reason: 'nodeAssigned',
    message: 'announcing from node "dual-worker"',
  });
  const again = heard({ node: 'dual-worker', at: 1500 });
  const [failover] = failoversOf([said, window, ...controls, stream(V4, { gaps: [] }), again]);
  expect(failover?.outages[0]).not.toHaveProperty('announcedAfter');
});

it('keeps the addresses of one family apart', () => {
  const second = stream('172.18.255.2', { gaps: [] });
  const [failover] = failoversOf([window, ...controls, stream(V4), second]);
  expect(failover?.outages.map(({ address, downMs }) => [address, downMs])).toEqual([
    [V4, 2000],
    ['172.18.255.2', 0],
  ]);
});

it('is nothing while the streams run', () => {
  expect(failoversOf([window, elected])).toEqual([]);
});
