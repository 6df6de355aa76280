import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import { endpointsAre, podsAre } from './placement.ts';

const AWAY = { operator: 'NotIn', node: 'dual-worker' } as const;
const ON = { operator: 'In', node: 'dual-worker' } as const;

function pod(nodeName: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { nodeName }, status: {} };
}

function slice(...endpoints: { nodeName: string; ready?: boolean }[]): KubernetesObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web' },
    endpoints: endpoints.map(({ nodeName, ready = true }) => ({ nodeName, conditions: { ready } })),
  };
}

describe('podsAre', () => {
  it('is true when all pods are where they are to be', () => {
    expect(podsAre([pod('dual-worker2'), pod('dual-worker2')], 2, AWAY)).toBe(true);
    expect(podsAre([pod('dual-worker'), pod('dual-worker')], 2, ON)).toBe(true);
    expect(podsAre([pod('dual-worker'), pod('dual-worker2')], 2, undefined)).toBe(true);
  });

  it('says how many are not, or too many', () => {
    expect(podsAre([pod('dual-worker'), pod('dual-worker2')], 2, AWAY)).toBe(
      '2 of 2 pods, 1 of them elsewhere',
    );
    expect(podsAre([pod('dual-worker2'), pod('dual-worker2'), pod('dual-worker2')], 2, AWAY)).toBe(
      '3 of 2 pods, 0 of them elsewhere',
    );
  });
});

describe('endpointsAre', () => {
  it('is true when both families have endpoints, ready and in the right place', () => {
    const there = slice({ nodeName: 'dual-worker2' });
    expect(endpointsAre([there, there], AWAY)).toBe(true);
  });

  it.each([
    [
      'one family is without',
      [slice({ nodeName: 'dual-worker2' }), slice()],
      '0 endpoints are elsewhere or not ready, 1 of 2 slices are empty',
    ],
    [
      'one is elsewhere',
      [slice({ nodeName: 'dual-worker2' }, { nodeName: 'dual-worker' })],
      '1 endpoints are elsewhere or not ready, 0 of 1 slices are empty',
    ],
    [
      'one is not ready',
      [slice({ nodeName: 'dual-worker2', ready: false })],
      '1 endpoints are elsewhere or not ready, 0 of 1 slices are empty',
    ],
    ['there is no slice', [], '0 endpoints are elsewhere or not ready, 0 of 0 slices are empty'],
  ])('says so where %s', (_what, slices, expected) => {
    expect(endpointsAre(slices, AWAY)).toBe(expected);
  });
});
