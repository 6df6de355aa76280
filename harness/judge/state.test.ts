import { describe, expect, it } from 'vitest';

import { attempt, event, noAddress, service, silence, step, V4, V6 } from './fake-observations.ts';
import { backendsAt, lastProbes, serviceHistory, serviceStateAt, stepOf } from './state.ts';

describe('serviceStateAt', () => {
  const created = service({ at: 10 });
  const assigned = service({ at: 20, addresses: [V4, V6] });
  const deleted = service({ at: 30, addresses: [V4, V6], deleted: true });
  const recreated = service({ at: 40, uid: 'uid-2' });
  const history = [created, assigned, service({ at: 25, service: 'other' }), deleted, recreated];

  it.each([
    [9, undefined],
    [10, created],
    [19, created],
    [20, assigned],
    [29, assigned],
    [30, undefined],
    [40, recreated],
    [Infinity, recreated],
  ])('at %d ms', (at, expected) => {
    expect(serviceStateAt(history, 'web', at).service).toBe(expected);
  });

  it('has the events on this Service until then, and none of an earlier one of the same name', () => {
    const earlier = event({ at: 15 });
    const own = event({ at: 41, uid: 'uid-2', reason: 'IPAllocated' });
    const later = event({ at: 50, uid: 'uid-2', reason: 'nodeAssigned' });
    const foreign = event({ at: 42, uid: 'uid-3', service: 'other' });
    const all = [...history, earlier, own, foreign, later];
    expect(serviceStateAt(all, 'web', 45).events).toEqual([own]);
    expect(serviceStateAt(all, 'web', 20).events).toEqual([earlier]);
    expect(serviceStateAt(all, 'web', 35).events).toEqual([]);
  });
});

describe('serviceHistory', () => {
  const first = service({ at: 10 });
  const second = service({ at: 20, addresses: [V4] });
  const third = service({ at: 30 });
  const all = [first, second, third, service({ at: 31, service: 'other' })];

  it.each([
    [{ from: 0, to: 9 }, []],
    [{ from: 0, to: 15 }, [first]],
    [{ from: 15, to: 18 }, [first]],
    [{ from: 20, to: 30 }, [second, third]],
    [{ from: 25, to: 99 }, [second, third]],
  ])('in %j', (window, expected) => {
    expect(serviceHistory(all, 'web', window)).toEqual(expected);
  });
});

describe('stepOf', () => {
  it('finds a step by its id', () => {
    const wanted = step('reach');
    expect(stepOf([step('assigned'), service(), wanted], 'reach')).toBe(wanted);
    expect(stepOf([step('assigned')], 'reach')).toBeUndefined();
  });

  it('is the last one of that id, not that of an earlier scenario', () => {
    const earlier = step('reach', { at: 1, endedAt: 2 });
    const wanted = step('reach', { at: 8, endedAt: 9 });
    expect(stepOf([earlier, wanted, service()], 'reach')).toBe(wanted);
  });
});

describe('lastProbes', () => {
  it('has the last attempt at each address of the step', () => {
    const another = '172.18.255.241';
    const [last4, lastAnother, last6] = [attempt(V4), attempt(another), silence(V6)];
    const all = [silence(V4), attempt(V6), last4, silence(another), lastAnother, last6];
    expect(lastProbes([...all, attempt(V4, { step: 'later' })], 'reach')).toEqual([
      last4,
      last6,
      lastAnother,
    ]);
  });

  it('has what there is of a family without an address', () => {
    expect(lastProbes([noAddress('IPv4'), noAddress('IPv6')], 'reach')).toEqual([
      noAddress('IPv4'),
      noAddress('IPv6'),
    ]);
  });
});

describe('backendsAt', () => {
  it('are the last that were seen in the step', () => {
    const seen = { kind: 'backends', at: 1, step: 'reach', service: 'web' } as const;
    const all = [
      { ...seen, pods: ['web-1'] },
      { ...seen, pods: ['web-2'] },
      { ...seen, step: 'x', pods: [] },
    ];
    expect(backendsAt(all, 'reach')).toEqual(['web-2']);
    expect(backendsAt([], 'reach')).toEqual([]);
  });
});
