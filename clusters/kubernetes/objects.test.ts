import { describe, expect, it } from 'vitest';

import { describeRef, eventSchema, nodeSchema, podSchema, readAs, refOf, serviceSchema } from './objects.ts';

const head = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'web', namespace: 'demo' } });

describe('schemas', () => {
  it('Service: keeps the order of both families, and fields that it does not know', () => {
    const object = {
      ...head('Service'),
      spec: {
        type: 'LoadBalancer',
        ipFamilies: ['IPv6', 'IPv4'],
        ipFamilyPolicy: 'RequireDualStack',
        clusterIPs: ['fd00:10:96::5', '10.96.0.5'],
        ports: [{ port: 80, protocol: 'TCP', targetPort: 'http' }],
        sessionAffinity: 'None',
      },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }, { ip: '2001:db8::1' }] } },
    };
    expect(readAs(serviceSchema, object)).toEqual(object);
  });

  it('Service: a Pending one has no ingress', () => {
    const service = readAs(serviceSchema, { ...head('Service'), spec: {}, status: { loadBalancer: {} } });
    expect(service.status.loadBalancer.ingress).toEqual([]);
    expect(readAs(serviceSchema, { ...head('Service'), spec: {} }).status.loadBalancer.ingress).toEqual([]);
  });

  it('Event: takes the nulls of both styles', () => {
    const event = readAs(eventSchema, {
      ...head('Event'),
      involvedObject: { kind: 'Service', name: 'web', namespace: 'demo' },
      reason: 'AllocationFailed',
      source: null,
      eventTime: null,
      lastTimestamp: '2026-11-23T01:00:00Z',
    });
    expect(event).toMatchObject({ reason: 'AllocationFailed', source: {}, eventTime: null });
  });

  it('Node and Pod: one address a family', () => {
    const node = { ...head('Node'), spec: { podCIDRs: ['10.244.0.0/24', 'fd00:10:244::/64'] }, status: {} };
    expect(readAs(nodeSchema, node).spec.podCIDRs).toHaveLength(2);
    const podIPs = [{ ip: '10.244.0.2' }, { ip: 'fd00:10:244::2' }];
    const pod = readAs(podSchema, { ...head('Pod'), spec: {}, status: { podIPs } });
    expect(pod.status).toMatchObject({ podIPs, hostIPs: [], containerStatuses: [] });
  });
});

describe('readAs', () => {
  it('names the object and the place', () => {
    const object = { ...head('Service'), spec: { ipFamilies: ['IPv5'] } };
    expect(() => readAs(serviceSchema, object)).toThrow(
      'Service demo/web is not as expected:\n' +
        '✖ Invalid option: expected one of "IPv4"|"IPv6"\n  → at spec.ipFamilies[0]',
    );
    expect(() => readAs(serviceSchema, 'ok')).toThrow("the API's answer is not as expected:");
  });
});

describe('describeRef', () => {
  it('leads back to the object', () => {
    expect(describeRef(refOf(head('Service')))).toBe('Service demo/web');
    expect(describeRef(refOf({ ...head('Node'), metadata: { name: 'a' } }))).toBe('Node a');
  });
});
