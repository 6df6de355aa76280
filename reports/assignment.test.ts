import { describe, expect, it } from 'vitest';

import { assignmentMs } from './assignment.ts';
import { serviceObserved } from './fixtures.ts';

const V4 = '172.18.255.1';
const V6 = 'fc00::1';

describe('assignmentMs', () => {
  it('is the time from no address of the family to the first, for each family', () => {
    const observations = [
      serviceObserved({ at: 10 }),
      serviceObserved({ at: 50, addresses: [V4] }),
      serviceObserved({ at: 75, addresses: [V4, V6] }),
      serviceObserved({ at: 90, addresses: [V4, V6] }),
    ];
    expect(assignmentMs(observations)).toEqual({ IPv4: 40, IPv6: 65 });
  });

  it('is left out for a family that never came', () => {
    const observations = [serviceObserved({ at: 10 }), serviceObserved({ at: 50, addresses: [V6] })];
    expect(assignmentMs(observations)).toEqual({ IPv6: 40 });
  });

  it('is left out where the first sight of the Service already had the address', () => {
    expect(assignmentMs([serviceObserved({ at: 10, addresses: [V4] })])).toEqual({});
  });

  it('counts from the moment that the family is asked for', () => {
    const single = { ...serviceObserved({ at: 10, addresses: [V4] }), ipFamilies: ['IPv4' as const] };
    const observations = [
      single,
      serviceObserved({ at: 500, addresses: [V4] }),
      serviceObserved({ at: 560, addresses: [V4, V6] }),
    ];
    expect(assignmentMs(observations)).toEqual({ IPv6: 60 });
  });

  it('is that of the slowest of several Services, and a Service made anew is another', () => {
    const other = { uid: 'other' };
    const observations = [
      serviceObserved({ at: 10 }),
      { ...serviceObserved({ at: 20 }), ...other },
      serviceObserved({ at: 30, addresses: [V4] }),
      { ...serviceObserved({ at: 31 }), deleted: true },
      { ...serviceObserved({ at: 100, addresses: [V4] }), ...other },
    ];
    expect(assignmentMs(observations)).toEqual({ IPv4: 80 });
  });
});
