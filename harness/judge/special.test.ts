import { describe, expect, it } from 'vitest';

import type { Family } from '../../base/addresses.ts';
import type { Cause } from '../../reports/record/diagnosis.ts';
import type { Check, Observation } from '../../reports/record/record.ts';
import { checkAnswer, checkDiagnosis, checkPrerequisites, checkTraffic, unclaimed } from './special.ts';

const brief = ({ ok, subject, expected, observed }: Check) =>
  `${ok ? 'ok' : 'NOT'} ${subject}: ${expected} | ${observed}`;

const answer = (accepted: boolean, message = ''): Observation[] => [
  { kind: 'answer', at: 1, step: 'refused', accepted, message },
];

describe('checkAnswer', () => {
  it.each([
    [answer(false, 'CIDR overlaps'), 'ok pair: the API refuses it with "overlap" | CIDR overlaps'],
    [answer(false, 'not found'), 'NOT pair: the API refuses it with "overlap" | not found'],
    [answer(true), 'NOT pair: the API refuses it with "overlap" | the API took it'],
    [[], 'NOT pair: the API refuses it with "overlap" | no answer'],
  ])('%j', (observations, line) => {
    expect(brief(checkAnswer('refused', 'overlap', observations))).toBe(line);
  });

  it.each([
    [answer(true), 'ok pair: the API takes it | the API took it'],
    [answer(false, 'CIDR overlaps'), 'NOT pair: the API takes it | CIDR overlaps'],
    [[], 'NOT pair: the API takes it | no answer'],
  ])('%j where it is known to be taken', (observations, line) => {
    expect(brief(checkAnswer('refused', undefined, observations))).toBe(line);
  });
});

const found = (...causes: Cause[]): Observation[] => [
  {
    kind: 'diagnosis',
    at: 1,
    step: 'why',
    service: 'web',
    findings: causes.map((cause) => ({ cause, text: '', fix: '', evidence: [] })),
  },
];

describe('checkDiagnosis', () => {
  it.each([
    [
      ['pool-missing'],
      found('pool-missing', 'pool-missing'),
      'ok pair: diagnosis: pool-missing | pool-missing',
    ],
    [[], found(), 'ok pair: diagnosis: nothing is wrong | nothing is wrong'],
    [
      ['pool-missing'],
      found('pool-missing', 'pool-exhausted'),
      'NOT pair: diagnosis: pool-missing | pool-missing, pool-exhausted',
    ],
    [['pool-missing'], found(), 'NOT pair: diagnosis: pool-missing | nothing is wrong'],
    [[], [], 'NOT pair: diagnosis: nothing is wrong | nothing is wrong'],
  ])('%j of %j', (causes, observations, line) => {
    expect(brief(checkDiagnosis('why', { service: 'web', causes }, observations))).toBe(line);
  });

  it.each<[Family | undefined, string]>([
    ['IPv6', 'ok pair: diagnosis: pool-missing of IPv6 | pool-missing of IPv6'],
    ['IPv4', 'NOT pair: diagnosis: pool-missing of IPv6 | pool-missing of IPv4'],
    [undefined, 'NOT pair: diagnosis: pool-missing of IPv6 | pool-missing of both families'],
  ])('of one family, found of %s', (family, line) => {
    const observations = found('pool-missing').map((one) =>
      one.kind === 'diagnosis'
        ? { ...one, findings: one.findings.map((finding) => ({ ...finding, family })) }
        : one,
    );
    const diagnose = { service: 'web', causes: ['pool-missing'], of: 'IPv6' as const };
    expect(brief(checkDiagnosis('why', diagnose, observations))).toBe(line);
  });
});

const node = (name: string, families: ('IPv4' | 'IPv6')[]) => ({
  name,
  addresses: families,
  pods: families,
});
const wanted = { families: ['IPv4', 'IPv6'] as ('IPv4' | 'IPv6')[] };

describe('checkPrerequisites', () => {
  it('takes a cluster of both families', () => {
    const seen: Observation[] = [
      {
        kind: 'prerequisites',
        at: 1,
        step: 'pre',
        services: ['IPv4', 'IPv6'],
        nodes: [node('a', ['IPv4', 'IPv6'])],
      },
    ];
    expect(checkPrerequisites('pre', wanted, seen).map(({ ok }) => ok)).toEqual([true, true]);
  });

  it('names what lacks a family', () => {
    const seen: Observation[] = [
      { kind: 'prerequisites', at: 1, step: 'pre', services: ['IPv4'], nodes: [node('a', ['IPv4'])] },
    ];
    expect(checkPrerequisites('pre', wanted, seen).map(({ observed }) => observed)).toEqual([
      'all of a',
      'no IPv6 CIDR for Services, a has no IPv6 address, a has no IPv6 CIDR for pods',
    ]);
  });

  it('takes nothing that was not read', () => {
    expect(checkPrerequisites('pre', wanted, []).map(({ ok }) => ok)).toEqual([false, false]);
  });
});

const stream = (sent: number, lost: number): Observation => ({
  kind: 'traffic',
  at: 100,
  endedAt: 1100,
  step: 'traffic',
  service: 'web',
  family: 'IPv4',
  address: '192.0.2.1',
  sent,
  lost,
  failures: lost > 0 ? [{ at: 300, outcome: 'timeout (nothing within 1000 ms)' }] : [],
});
const traffic = { service: 'web', port: 80, lost: 1, outage: [] };

describe('checkTraffic', () => {
  it.each([
    [stream(50, 0), 'ok IPv4: at most 1 connections to 192.0.2.1 are lost | 0 of 50 in 1000 ms'],
    [
      stream(50, 2),
      'NOT IPv4: at most 1 connections to 192.0.2.1 are lost | 2 of 50 in 1000 ms, the first after 200 ms: timeout (nothing within 1000 ms)',
    ],
    [stream(0, 0), 'NOT IPv4: at most 1 connections to 192.0.2.1 are lost | 0 of 0 in 1000 ms'],
  ])('%j', (observation, line) => {
    expect(checkTraffic('traffic', traffic, [observation]).map(brief)).toEqual([line]);
  });

  it('fails where nothing was sent, as the Service had no address', () => {
    expect(checkTraffic('traffic', traffic, []).map(({ ok }) => ok)).toEqual([false]);
  });
});

it('what is not claimed is marked, for each family', () => {
  const checks = unclaimed('reach', { feature: 'l2' });
  expect(checks.map(({ subject, ok, unsupported }) => [subject, ok, unsupported])).toEqual([
    ['IPv4', true, true],
    ['IPv6', true, true],
  ]);
  expect(checks[0]?.observed).toBe('the implementation does not claim it');
});

it('what nobody could look at says so', () => {
  const [check] = unclaimed('reach', { feature: 'l2', because: 'there is no probe' });
  expect(check).toMatchObject({ unsupported: true, observed: 'there is no probe' });
});
