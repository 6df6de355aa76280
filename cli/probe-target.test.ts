import { describe, expect, it } from 'vitest';

import { KubernetesApiError } from '../clusters/kubernetes/api-error.ts';
import type { KubernetesObject, ObjectRef } from '../clusters/kubernetes/objects.ts';
import { readTarget, vipsOf } from './probe-target.ts';

describe('readTarget', () => {
  it.each([
    ['172.18.255.1', { address: '172.18.255.1' }],
    ['FD00:1:0::1', { address: 'fd00:1::1' }],
    ['web-frontend', { service: 'web-frontend' }],
    // Hexadecimal digits alone: no address has no colon.
    ['fd00', { service: 'fd00' }],
  ])('reads %s', (text, target) => {
    expect(readTarget(text)).toEqual(target);
  });

  it.each(['172.18.255', '172.18.255.256', '10.1', 'fd00:1::1::2', '[fd00::1]:80', '10.0.0.1/32', 'Web', ''])(
    'refuses %j',
    (text) => {
      expect(() => readTarget(text)).toThrow(
        expect.objectContaining({
          code: 'DUALVIP_TARGET_INVALID',
          message: `"${text}" is not an IPv4 or IPv6 address, and cannot be the name of a Service`,
          exitCode: 64,
        }),
      );
    },
  );
});

interface ServiceFields {
  name: string;
  namespace?: string;
  type?: string;
  ingress?: { ip?: string; hostname?: string }[];
}

function service({ name, namespace = 'default', type = 'LoadBalancer', ingress }: ServiceFields) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { type, ipFamilies: ['IPv4', 'IPv6'], ports: [{ port: 8080 }, { port: 443 }] },
    status: { loadBalancer: ingress === undefined ? {} : { ingress } },
  } satisfies KubernetesObject;
}

/** An API that has these Services and nothing else. */
function apiWith(...services: ReturnType<typeof service>[]) {
  return {
    get({ name, namespace }: ObjectRef): Promise<KubernetesObject> {
      const found = services.find(
        ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
      );
      if (found) return Promise.resolve(found);
      const call = `GET /api/v1/namespaces/${namespace}/services/${name}`;
      return Promise.reject(
        new KubernetesApiError({ call, status: 404, reason: 'NotFound', message: 'not found' }),
      );
    },
    list: () => Promise.resolve({ items: services, resourceVersion: '1' }),
  };
}

const { signal } = new AbortController();
const query = { name: 'web', namespace: 'default', signal };

describe('vipsOf', () => {
  it('has every address, in the order of the status', async () => {
    const ingress = [{ ip: 'FD00:0::1' }, { ip: '172.18.255.1' }, { hostname: 'no.address' }];
    await expect(vipsOf(apiWith(service({ name: 'web', ingress })), query)).resolves.toEqual({
      name: 'default/web',
      addresses: ['fd00::1', '172.18.255.1'],
      missing: [],
      port: 8080,
    });
  });

  it('says which families have none', async () => {
    await expect(vipsOf(apiWith(service({ name: 'web' })), query)).resolves.toMatchObject({
      addresses: [],
      missing: ['IPv4', 'IPv6'],
    });
    const half = service({ name: 'web', ingress: [{ ip: '172.18.255.1' }] });
    await expect(vipsOf(apiWith(half), query)).resolves.toMatchObject({ missing: ['IPv6'] });
  });

  it('says that a Service is no LoadBalancer', async () => {
    await expect(vipsOf(apiWith(service({ name: 'web', type: 'ClusterIP' })), query)).rejects.toMatchObject({
      code: 'DUALVIP_SERVICE_TYPE',
      message:
        'Service default/web is no LoadBalancer but of type ClusterIP: it gets no address outside of the cluster',
      exitCode: 64,
    });
  });

  it('says which Services there are', async () => {
    const api = apiWith(
      service({ name: 'wbe' }),
      service({ name: 'api', namespace: 'shop' }),
      service({ name: 'kubernetes', type: 'ClusterIP' }),
    );
    await expect(vipsOf(api, query)).rejects.toMatchObject({
      code: 'DUALVIP_SERVICE_UNKNOWN',
      message: 'there is no Service "web" in namespace default (did you mean "wbe"?)',
      hint: 'Services of type LoadBalancer: wbe -n default, api -n shop.',
      exitCode: 64,
    });
  });

  it('says that there is none', async () => {
    await expect(vipsOf(apiWith(), query)).rejects.toMatchObject({
      message: 'there is no Service "web" in namespace default',
      hint: 'The cluster has no Service of type LoadBalancer.',
    });
  });

  it('passes on what else goes wrong', async () => {
    const gone = new KubernetesApiError({ call: 'GET /', status: 503, reason: 'X', message: 'busy' });
    await expect(vipsOf({ ...apiWith(), get: () => Promise.reject(gone) }, query)).rejects.toBe(gone);
  });
});
