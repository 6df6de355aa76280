import { describe, expect, it } from 'vitest';

import { expectedOutcomes, expectSchema, probeSchema } from './expectation.ts';

const messages = (result: { error?: { issues: { message: string }[] } | undefined }) =>
  result.error?.issues.map(({ message }) => message);

const ADDRESS = { family: 'IPv4', pool: 'ipv4-pool' };

describe('expectSchema', () => {
  it('fills in what is not said', () => {
    expect(expectSchema.parse({ service: 'web-frontend', addresses: [ADDRESS] })).toEqual({
      service: 'web-frontend',
      addresses: [ADDRESS],
      order: 'any',
      pending: false,
      distinctFrom: [],
      sharesWith: [],
      events: [],
    });
  });

  it.each([
    [
      { addresses: [ADDRESS], pending: true },
      'a pending Service has no address: leave `addresses` out, or `pending`',
    ],
    [{ addresses: [] }, 'no address is expected: say `pending: true` instead, so that it must stay so'],
    [{ addresses: [ADDRESS], order: 'listed' }, 'an order takes two addresses'],
    [{ pending: true, distinctFrom: ['other'] }, 'a pending Service has no address to compare'],
    [
      {},
      'nothing is expected: say `addresses`, `primary`, `pending`, `distinctFrom`, `sharesWith`, `keeps`, `loses`, `says` or `events`',
    ],
    [
      { pending: true, events: [{ reason: 'R', message: '(' }] },
      'Invalid regular expression: /(/: Unterminated group',
    ],
    [{ distinctFrom: ['other', 'other'] }, '"other" is listed twice'],
  ])('refuses %j', (fields, message) => {
    expect(messages(expectSchema.safeParse({ service: 'web-frontend', ...fields }))).toEqual([message]);
  });

  it.each([
    { pending: true },
    { pending: true, addresses: [] },
    { primary: 'IPv6' },
    { events: [{ reason: 'R' }] },
  ])('takes %j', (fields) => {
    expect(expectSchema.safeParse({ service: 'web-frontend', ...fields }).success).toBe(true);
  });
});

describe('probeSchema', () => {
  const probe = { service: 'web-frontend', port: 80 };

  it.each([
    [{ expect: {} }, 'name IPv4, IPv6 or both'],
    [{ expect: { IPv4: 'reachable' }, families: ['IPv4'] }, '`expect` names the families already'],
    [{ expect: 'unreachable', backends: true }, 'nothing answers that is not reachable'],
  ])('refuses %j', (fields, message) => {
    const result = probeSchema.safeParse({ ...probe, ...fields });
    // An error inside `expect` is one of a branch of its union.
    const text = JSON.stringify(result.error?.issues);
    expect(text).toContain(message);
  });

  it('is HTTP unless it says otherwise', () => {
    expect(probeSchema.parse({ ...probe, expect: 'reachable' }).protocol).toBe('http');
  });
});

const outcomes = (fields: object) => [
  ...expectedOutcomes(probeSchema.parse({ service: 'web', port: 80, ...fields }), ['IPv6', 'IPv4']),
];

describe('expectedOutcomes', () => {
  it("asks the same of each of the Service's families", () => {
    expect(outcomes({ expect: 'reachable' })).toEqual([
      ['IPv6', 'reachable'],
      ['IPv4', 'reachable'],
    ]);
  });

  it('asks only of the families of the probe', () => {
    expect(outcomes({ expect: 'unreachable', families: ['IPv4'] })).toEqual([['IPv4', 'unreachable']]);
  });

  it('asks of each family its own', () => {
    expect(outcomes({ expect: { IPv6: 'no-address', IPv4: 'reachable' } })).toEqual([
      ['IPv4', 'reachable'],
      ['IPv6', 'no-address'],
    ]);
    expect(outcomes({ expect: { IPv6: 'reachable' } })).toEqual([['IPv6', 'reachable']]);
  });
});
