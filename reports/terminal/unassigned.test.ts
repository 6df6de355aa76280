import { describe, expect, it } from 'vitest';

import { eventObserved, serviceObserved } from '../fixtures.ts';
import { unassignedFamilies } from './unassigned.ts';

const V4 = '172.18.255.1';
const V6 = 'fc00::1';

describe('unassignedFamilies', () => {
  it('are both of a Service that stays Pending', () => {
    expect(unassignedFamilies([serviceObserved({ at: 1 }), eventObserved({ at: 2 })])).toEqual([
      'IPv4',
      'IPv6',
    ]);
  });

  it('are not those that came at any time, on any Service', () => {
    const other = { ...serviceObserved({ at: 3, addresses: [V6] }), uid: 'other' };
    expect(
      unassignedFamilies([serviceObserved({ at: 1, addresses: [V4] }), serviceObserved({ at: 2 })]),
    ).toEqual(['IPv6']);
    expect(unassignedFamilies([serviceObserved({ at: 1, addresses: [V4] }), other])).toEqual([]);
  });

  it('are not those that no Service asked for', () => {
    const single = { ...serviceObserved({ at: 1 }), ipFamilies: ['IPv6' as const] };
    expect(unassignedFamilies([single])).toEqual(['IPv6']);
    expect(unassignedFamilies([])).toEqual([]);
  });

  it('are only those of Services that ask for addresses', () => {
    expect(unassignedFamilies([{ ...serviceObserved({ at: 1 }), type: 'ClusterIP' }])).toEqual([]);
    expect(unassignedFamilies([{ ...serviceObserved({ at: 1 }), type: 'LoadBalancer' }])).toEqual([
      'IPv4',
      'IPv6',
    ]);
  });
});
