import { expect, it } from 'vitest';

import { implementationName, implementationTitle } from './implementation-name.ts';

const ref = (mode: string) => ({ name: 'metallb', version: '0.16.1', mode });

it.each([
  ['native', 'metallb@0.16.1', 'metallb 0.16.1'],
  ['frr', 'metallb@0.16.1/frr', 'metallb 0.16.1/frr'],
  ['frr-k8s', 'metallb@0.16.1/frr-k8s', 'metallb 0.16.1/frr-k8s'],
])('names MetalLB in mode %s', (mode, name, title) => {
  expect(implementationName(ref(mode))).toBe(name);
  expect(implementationTitle(ref(mode))).toBe(title);
});
