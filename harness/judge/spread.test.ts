import { describe, expect, it } from 'vitest';

import type { Observation } from '../../reports/record/record.ts';
import { V4, V6 } from './fake-observations.ts';
import { checkSpread } from './spread.ts';

const endpoints = (backends: string[]): Observation => ({
  kind: 'endpoints',
  at: 1,
  step: 'spread',
  service: 'web',
  workers: ['w1', 'w2'],
  backends,
});

const seen = (address: string, nodes: Record<string, number>, lost = 0): Observation => ({
  kind: 'spread',
  at: 2,
  step: 'spread',
  service: 'web',
  family: address === V4 ? 'IPv4' : 'IPv6',
  address,
  sent: 64,
  lost,
  nodes,
});

const told = (...observations: Observation[]) =>
  checkSpread('spread', observations).map(({ subject, ok, observed }) => [subject, ok, observed]);

describe('checkSpread', () => {
  it('wants an answer on every node with a backend, for each family', () => {
    expect(told(endpoints(['w1', 'w2']), seen(V4, { w1: 30, w2: 34 }), seen(V6, { w1: 64 }))).toEqual([
      ['IPv4', true, `64 to ${V4}: 30 on w1, 34 on w2, 0 lost`],
      ['IPv6', false, `64 to ${V6}: 64 on w1, 0 lost`],
    ]);
  });

  it('minds every connection that is lost', () => {
    expect(told(endpoints(['w1', 'w2']), seen(V4, { w1: 30, w2: 33 }, 1))).toEqual([
      ['IPv4', false, `64 to ${V4}: 30 on w1, 33 on w2, 1 lost`],
    ]);
  });

  it('takes one node for no spread, and no connection for nothing seen', () => {
    expect(told(endpoints(['w1']), seen(V4, { w1: 64 }))).toEqual([
      ['IPv4', false, `64 to ${V4}: 64 on w1, 0 lost`],
    ]);
    expect(told(endpoints(['w1', 'w2']))).toEqual([['pair', false, 'there was no connection']]);
  });
});
