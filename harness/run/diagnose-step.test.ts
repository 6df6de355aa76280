import { describe, expect, it } from 'vitest';

import type { Observation } from '../../reports/record/record.ts';
import { rejectionOf } from './diagnose-step.ts';

const message = 'Service "web" is invalid: spec.ipFamilies[1]: Duplicate value: "IPv4"';
const answer = { kind: 'answer', at: 1, step: 'service', accepted: false, message } as const;
const state = {
  kind: 'service',
  at: 2,
  service: 'web',
  uid: 'uid-web',
  deleted: false,
  ipFamilies: ['IPv4'],
  clusterIPs: [],
  addresses: [],
} satisfies Observation;

const rejection = (name: string, ...observations: Observation[]) =>
  rejectionOf({ namespace: 'shop', name }, observations);

describe('the rejection of a Service', () => {
  it("is the API's own message", () => {
    expect(rejection('web', answer)).toEqual({ namespace: 'shop', name: 'web', rejection: message });
  });

  it('is none where the Service was made later, or the API took it', () => {
    expect(rejection('web', answer, state)).toBeUndefined();
    expect(rejection('web', { ...answer, accepted: true })).toBeUndefined();
  });

  it('is not that of a Service with a similar name', () => {
    expect(rejection('we', answer)).toBeUndefined();
    expect(rejection('web-frontend', answer)).toBeUndefined();
  });
});
