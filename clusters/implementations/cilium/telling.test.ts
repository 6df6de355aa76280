import { describe, expect, it } from 'vitest';

import { ciliumTelling } from './telling.ts';

const condition = (status: string, reason: string, message = '') => ({
  type: 'cilium.io/IPAMRequestSatisfied',
  status,
  reason,
  message,
});
const NO_POOL = condition(
  'False',
  'no_pool',
  'There are no enabled CiliumLoadBalancerIPPools that match this service',
);

describe('ciliumTelling', () => {
  it('is satisfied where the condition is', () => {
    const told = ciliumTelling([], [condition('True', 'satisfied')], ['192.0.2.1']);
    expect(told).toEqual({ said: 'satisfied', text: 'satisfied' });
  });

  it.each([
    ['partial', ['192.0.2.1']],
    ['refused', []],
  ])('is %s with the addresses %j', (said, addresses) => {
    expect(ciliumTelling([], [NO_POOL], addresses)).toEqual({
      said,
      text: 'no_pool: There are no enabled CiliumLoadBalancerIPPools that match this service',
    });
  });

  it('is nothing where nothing was told', () => {
    expect(ciliumTelling([], [], [])).toBeUndefined();
    expect(ciliumTelling([], [{ ...NO_POOL, type: 'LoadBalancerPortsError' }], [])).toBeUndefined();
  });
});
