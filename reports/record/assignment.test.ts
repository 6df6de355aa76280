import { describe, expect, it } from 'vitest';

import { assignmentMs, assignmentSummary, assignmentWaits } from './assignment.ts';
import { serviceObserved } from '../fixtures.ts';
import type { AppliedObservation } from './record.ts';

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

const applied = (at: number): AppliedObservation => ({
  kind: 'applied',
  at,
  step: 'service',
  services: ['web-frontend'],
});

describe('from the answer of the API', () => {
  it('counts from there, even where the watch told of the Service later', () => {
    const observations = [applied(10), serviceObserved({ at: 30, addresses: [V4, V6] })];
    expect(assignmentMs(observations)).toEqual({ IPv4: 20, IPv6: 20 });
  });

  it('is 0 where the watch was quicker than the answer', () => {
    expect(assignmentMs([serviceObserved({ at: 8, addresses: [V4] }), applied(10)])).toEqual({ IPv4: 0 });
  });

  it('counts from the last call before the address', () => {
    const observations = [
      applied(10),
      serviceObserved({ at: 30, addresses: [V4] }),
      applied(100),
      serviceObserved({ at: 140, addresses: [V4, V6] }),
    ];
    expect(assignmentMs(observations)).toEqual({ IPv4: 20, IPv6: 40 });
  });

  it('is about the Services of the steps only', () => {
    const bystander = { service: 'bystander', uid: 'b' };
    const observations = [
      applied(10),
      serviceObserved({ at: 12 }),
      { ...serviceObserved({ at: 30, addresses: [V4] }), ...bystander },
      { ...serviceObserved({ at: 40, addresses: [V4] }), ...bystander },
    ];
    expect(assignmentMs(observations)).toEqual({});
  });

  it.each(['pools', 'patch', 'start'] as const)('leaves out what a later %s has brought about', (step) => {
    const observations = [
      applied(10),
      serviceObserved({ at: 12 }),
      { kind: 'step', at: 500, id: 'fix', step, endedAt: 600 } as const,
      serviceObserved({ at: 620, addresses: [V4, V6] }),
    ];
    expect(assignmentMs(observations)).toEqual({});
  });
});

describe('a wait that the clean-up ends', () => {
  const waiting = { service: 'waiting', uid: 'w' };
  const asking = [
    { ...applied(10), services: ['web-frontend', 'waiting'] },
    serviceObserved({ at: 20, addresses: [V4] }),
    { ...serviceObserved({ at: 21 }), ...waiting },
    { kind: 'step', at: 22, id: 'pending', step: 'expect', endedAt: 900 } as const,
  ];

  it('is none: another Service has given its address back', () => {
    const observations = [
      ...asking,
      { ...serviceObserved({ at: 1000 }), deleted: true },
      { ...serviceObserved({ at: 1030, addresses: [V4] }), ...waiting },
    ];
    expect(assignmentWaits(observations)).toEqual([{ IPv4: 10 }, {}]);
  });

  it('is none, whichever the watch tells first', () => {
    const observations = [...asking, { ...serviceObserved({ at: 990, addresses: [V4] }), ...waiting }];
    expect(assignmentWaits(observations)).toEqual([{ IPv4: 10 }, {}]);
  });
});

describe('assignmentSummary', () => {
  it('is over all Services of all scenarios, each family for itself, and their skew', () => {
    const one = [
      serviceObserved({ at: 10 }),
      serviceObserved({ at: 30, addresses: [V4] }),
      serviceObserved({ at: 40, addresses: [V4, V6] }),
    ];
    const other = [serviceObserved({ at: 0 }), serviceObserved({ at: 100, addresses: [V4] })];
    expect(assignmentSummary([one, other])).toEqual({
      IPv4: { count: 2, p50: 20, p95: 100, max: 100 },
      IPv6: { count: 1, p50: 30, p95: 30, max: 30 },
      skew: { count: 1, p50: 10, p95: 10, max: 10 },
    });
  });

  it('has nothing of what was not seen', () => {
    expect(assignmentSummary([[]])).toEqual({});
  });
});
