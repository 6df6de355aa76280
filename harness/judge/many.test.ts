import { expect, it } from 'vitest';

import type { Many } from '../scenario/schema.ts';
import { service } from './fake-observations.ts';
import { checkMany } from './many.ts';

const MANY: Many = {
  services: 'web-',
  count: 2,
  addresses: [{ family: 'IPv4', pool: 'dual-pool' }, { family: 'IPv6' }],
};
const POOLS = { 'dual-pool': ['192.0.2.1-192.0.2.9'] };

function failed(states: readonly (readonly [string, string[]])[]): string[] {
  const observations = states.map(([name, addresses], index) =>
    service({ service: name, uid: name, at: index, addresses }),
  );
  return checkMany(MANY, { step: 'all', observations, pools: POOLS, at: Infinity }).flatMap((check) =>
    check.ok ? [] : [`${check.subject}: ${check.expected} | ${check.observed}`],
  );
}

it('takes Services that have their own addresses, and looks at the last state of each', () => {
  const states = [
    ['web-1', []],
    ['web-1', ['192.0.2.1', '2001:db8::1']],
    ['web-2', ['192.0.2.2', '2001:db8::2']],
    ['other', []],
  ] as const;
  expect(failed(states.map(([name, addresses]) => [name, [...addresses]]))).toEqual([]);
});

it.each([
  ['one is missing', [['web-1', ['192.0.2.1', '2001:db8::1']]], ['pair: 2 Services web-… | 1']],
  [
    'an address is of another pool',
    [
      ['web-1', ['192.0.2.1', '2001:db8::1']],
      ['web-2', ['192.0.2.10', '2001:db8::2']],
    ],
    ['IPv4: each has an IPv4 address of dual-pool | 1 of 2 have not: web-2'],
  ],
  [
    'a family is missing',
    [
      ['web-1', ['192.0.2.1']],
      ['web-2', ['192.0.2.2', '2001:db8::2']],
    ],
    ['IPv6: each has an IPv6 address | 1 of 2 have not: web-1'],
  ],
  [
    'an address comes twice',
    [
      ['web-1', ['192.0.2.1', '2001:db8::1']],
      ['web-2', ['192.0.2.1', '2001:db8::2']],
    ],
    ['pair: no address twice | 192.0.2.1 (web-1, web-2)'],
  ],
] as const)('fails where %s', (_, states, lines) => {
  expect(failed(states.map(([name, addresses]) => [name, [...addresses]]))).toEqual(lines);
});
