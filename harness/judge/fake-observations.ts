import { familyOf, FAMILIES, type Family } from '../../base/addresses.ts';
import type {
  ControlObservation,
  EventObservation,
  ProbeObservation,
  ServiceObservation,
  StepObservation,
} from '../../reports/record/record.ts';

// What a run could have observed, for the tests of this folder: each with the fields that matter to the test,
// the rest as in a run on a dual-stack cluster.

export const V4 = '172.18.255.240';
export const V6 = 'fd00:aaaa::fff0';

export function service(fields: Partial<ServiceObservation> = {}): ServiceObservation {
  return {
    kind: 'service',
    at: 10,
    service: 'web',
    uid: 'uid-1',
    deleted: false,
    ipFamilies: [...FAMILIES],
    clusterIPs: ['10.96.0.10', 'fd00:10:96::a'],
    addresses: [],
    ...fields,
  };
}

export function event(fields: Partial<EventObservation> = {}): EventObservation {
  return {
    kind: 'event',
    at: 20,
    service: 'web',
    uid: 'uid-1',
    type: 'Warning',
    reason: 'AllocationFailed',
    message: 'Failed to allocate IP for "demo/web": no available IPs',
    source: 'metallb-controller',
    ...fields,
  };
}

/** One attempt that was answered with HTTP 200 by the pod `web-1`. */
export function attempt(address: string, fields: Partial<ProbeObservation> = {}): ProbeObservation {
  return {
    kind: 'probe',
    at: 30,
    step: 'reach',
    service: 'web',
    family: familyOf(address),
    address,
    port: 80,
    protocol: 'http',
    outcome: 'ok',
    detail: 'HTTP 200',
    status: 200,
    totalMs: 1.25,
    backend: 'web-1',
    ...fields,
  };
}

/** An attempt that nobody answered: neither status nor backend. */
export function silence(address: string, fields: Partial<ProbeObservation> = {}): ProbeObservation {
  const { status: _status, backend: _backend, ...rest } = attempt(address);
  return { ...rest, outcome: 'timeout', detail: 'ETIMEDOUT', totalMs: 4000, ...fields };
}

/** The Service has no address of the family. */
export function noAddress(family: Family): ProbeObservation {
  const { address: _address, ...rest } = silence(family === 'IPv4' ? V4 : V6);
  return { ...rest, outcome: 'no-address', detail: `the Service has no ${family} address`, totalMs: 0 };
}

export function control(family: Family, outcome: ControlObservation['outcome']): ControlObservation {
  const address = family === 'IPv4' ? '172.18.0.2' : 'fd00:aaaa::2';
  return { kind: 'control', at: 40, step: 'reach', family, address, outcome };
}

/** A step that ran from `at` to `endedAt`. */
export function step(id: string, window: { at?: number; endedAt?: number } = {}): StepObservation {
  return { kind: 'step', id, step: id === 'reach' ? 'probe' : 'expect', at: 0, endedAt: 1000, ...window };
}
