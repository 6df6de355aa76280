import { describe, expect, it } from 'vitest';

import type { Observation, ProbeObservation } from '../../reports/record/record.ts';
import type { Route } from '../probe/routes.ts';
import { lastProbe, pathTo, rejectionOf } from './diagnose-step.ts';

const message = 'Service "web" is invalid: spec.ipFamilies[1]: Duplicate value: "IPv4"';
const answer = { kind: 'answer', at: 1, step: 'service', accepted: false, message } as const;
const state = {
  kind: 'service',
  at: 2,
  service: 'web',
  uid: 'uid-web',
  deleted: false,
  ipFamilies: ['IPv4'],
  clusterIPs: [],
  addresses: [],
} satisfies Observation;

const rejection = (name: string, ...observations: Observation[]) =>
  rejectionOf({ namespace: 'shop', name }, observations);

describe('the rejection of a Service', () => {
  it("is the API's own message", () => {
    expect(rejection('web', answer)).toEqual({ namespace: 'shop', name: 'web', rejection: message });
  });

  it('is none where the Service was made later, or the API took it', () => {
    expect(rejection('web', answer, state)).toBeUndefined();
    expect(rejection('web', { ...answer, accepted: true })).toBeUndefined();
  });

  it('is not that of a Service with a similar name', () => {
    expect(rejection('we', answer)).toBeUndefined();
    expect(rejection('web-frontend', answer)).toBeUndefined();
  });
});

const [v4, v6] = ['192.0.2.1', '2001:db8::1'];

const attempt = (fields: Partial<ProbeObservation> = {}): ProbeObservation => ({
  kind: 'probe',
  at: 1,
  step: 'reach',
  service: 'web',
  family: 'IPv6',
  address: v6,
  port: 80,
  protocol: 'http',
  outcome: 'unreachable',
  detail: 'EHOSTUNREACH',
  totalMs: 3000,
  ...fields,
});

const asked = (answers: string[]): Observation => ({
  kind: 'responders',
  at: 2,
  step: 'announced',
  service: 'web',
  family: 'IPv6',
  address: v6,
  asked: 'all',
  answers: answers.map((mac) => ({ mac })),
  waitedMs: 2400,
});

const MAC = '02:42:ac:12:00:03';

describe('what a client met last', () => {
  it('is an attempt from outside of the cluster', () => {
    const inside = attempt({ from: 'cluster', outcome: 'ok', detail: 'HTTP 200' });
    const met = { family: 'IPv6', address: v6, outcome: 'unreachable', detail: 'EHOSTUNREACH' };
    expect(lastProbe(v6, [attempt(), inside])).toEqual(met);
    expect(lastProbe(v6, [inside])).toBeUndefined();
    expect(lastProbe(v4, [attempt()])).toBeUndefined();
  });
});

const route = (fields: Partial<Route> = {}): Route => ({
  family: 'IPv6',
  type: 'unicast',
  destination: '2001:db8::/64',
  gateway: undefined,
  device: 'eth0',
  metric: undefined,
  table: undefined,
  ...fields,
});

describe('the way to the addresses of a family', () => {
  const onLink = { family: 'IPv6', route: true };

  it.each<[string, Observation[], object]>([
    ['on the link, where nobody has looked', [], onLink],
    ['where no MAC was found', [attempt()], { ...onLink, neighbour: false }],
    ['where one was', [attempt({ mac: MAC })], { ...onLink, neighbour: true }],
    ['where one was before', [attempt({ mac: MAC }), attempt()], { ...onLink, neighbour: false }],
    ['where nobody answered all', [attempt({ mac: MAC }), asked([])], { ...onLink, neighbour: false }],
    ['where somebody did', [attempt(), asked([MAC])], { ...onLink, neighbour: true }],
    ['from within the cluster, which tells nothing', [attempt({ from: 'cluster' })], onLink],
    ['from behind the router, which tells nothing', [attempt({ from: 'router' })], onLink],
    ['of another address', [attempt({ address: v4, family: 'IPv4' })], onLink],
  ])('%s', (_, observations, path) => {
    expect(pathTo('IPv6', [route()], { addresses: [v4, v6], observations })).toEqual(path);
  });

  it('is as silent as one of several addresses', () => {
    const other = '2001:db8::2';
    const observations = [attempt({ mac: MAC }), attempt({ address: other })];
    expect(pathTo('IPv6', [route()], { addresses: [v6, other], observations })).toEqual({
      ...onLink,
      neighbour: false,
    });
  });

  it('leads through the router of the most specific route, whose neighbours are not known', () => {
    const routes = [route({ destination: 'default' }), route({ gateway: '2001:db8:f::1' })];
    const seen = { addresses: [v6], observations: [attempt()] };
    expect(pathTo('IPv6', routes, seen)).toEqual({ ...onLink, gateway: '2001:db8:f::1' });
  });

  it('is none without a route, and unknown without an address', () => {
    const other = route({ family: 'IPv4', destination: '192.0.2.0/24' });
    expect(pathTo('IPv6', [other], { addresses: [v6], observations: [] })).toEqual({
      family: 'IPv6',
      route: false,
    });
    expect(pathTo('IPv6', [route()], { addresses: [v4], observations: [] })).toBeUndefined();
  });
});
