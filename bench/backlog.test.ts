import { expect, it } from 'vitest';

import type { ServiceObservation } from '../reports/record/record.ts';
import { backlogMs } from './backlog.ts';

const V4 = '172.18.255.240';
const V6 = 'fd00:aaaa::fff0';

function service(at: number, uid: string, addresses: string[]): ServiceObservation {
  return {
    kind: 'service',
    at,
    service: uid,
    uid,
    deleted: false,
    ipFamilies: ['IPv4', 'IPv6'],
    clusterIPs: ['10.96.0.10', 'fd00:10:96::a'],
    addresses,
  };
}

it('is the time in which a Service waits for its second address', () => {
  expect(backlogMs([service(10, 'a', []), service(15, 'a', [V4]), service(22, 'a', [V6, V4])])).toBe(12);
});

it('counts once what several wait for at the same time', () => {
  const both = [service(10, 'a', []), service(12, 'b', []), service(20, 'a', [V4, V6])];
  expect(backlogMs([...both, service(25, 'b', [V4, V6])])).toBe(15);
});

it('leaves out the time in which nobody waits', () => {
  const one = [service(10, 'a', []), service(11, 'a', [V4, V6])];
  expect(backlogMs([...one, service(50, 'b', []), service(53, 'b', [V4, V6])])).toBe(4);
});

it('ends with a Service that is deleted', () => {
  const gone = { ...service(30, 'a', []), deleted: true };
  expect(backlogMs([service(10, 'a', []), gone, service(40, 'b', [V4, V6])])).toBe(20);
});

it('goes by time, not by the order in which observations were noted', () => {
  expect(backlogMs([service(22, 'a', [V4, V6]), service(10, 'a', [])])).toBe(12);
});
