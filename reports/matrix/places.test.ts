import { expect, it } from 'vitest';

import { placesOf } from './places.ts';

const at = (name: string, version: string, topology: 'dual' | 'ipv6') => ({
  implementation: { name, version, mode: 'native' },
  topology,
});

it.each([
  ['metallb 0.16.1 on dual', [at('metallb', '0.16.1', 'dual')]],
  ['metallb 0.14.9, 0.16.1 on dual', [at('metallb', '0.14.9', 'dual'), at('metallb', '0.16.1', 'dual')]],
  [
    'metallb 0.14.9 on dual; metallb 0.16.1 on dual, ipv6; cilium 1.15.19 on dual',
    [
      at('metallb', '0.14.9', 'dual'),
      at('metallb', '0.16.1', 'dual'),
      at('metallb', '0.16.1', 'ipv6'),
      at('cilium', '1.15.19', 'dual'),
    ],
  ],
])('puts columns together: %s', (text, columns) => {
  expect(placesOf(columns)).toBe(text);
});
