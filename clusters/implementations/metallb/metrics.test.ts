import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { controllerMetrics, countersInMetrics } from './metrics.ts';

const { signal } = new AbortController();

function pod(name: string, port: object, metadata: object = {}): KubernetesObject {
  const webhook = { containerPort: 9443, name: 'webhook-server' };
  const containers = [{ name: 'frr' }, { name: 'controller', ports: [webhook, port] }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec: { containers } };
}

/** An API with these pods, that answers any call with the call. */
function api(items: KubernetesObject[]) {
  return {
    list: async (_: unknown, selection: object = {}) => {
      expect(selection).toMatchObject({
        namespace: 'metallb-system',
        labelSelector: 'component=controller',
      });
      return { resourceVersion: '1', items };
    },
    request: async ({ method, path }: { method: string; path: string }) => `${method} ${path}`,
  };
}

describe('controllerMetrics', () => {
  const monitoring = { containerPort: 7472, name: 'monitoring' };

  it('come by way of the API server, from the port that the pod names', async () => {
    expect(await controllerMetrics(api([pod('controller-a', monitoring)]), signal)).toBe(
      'GET /api/v1/namespaces/metallb-system/pods/controller-a:7472/proxy/metrics',
    );
  });

  it('are those of the pod that stays', async () => {
    const going = pod('controller-b', monitoring, { deletionTimestamp: '2026-11-23T00:00:00Z' });
    expect(await controllerMetrics(api([pod('controller-a', monitoring), going]), signal)).toContain(
      '/pods/controller-a:7472/',
    );
  });

  it('cannot be had from a port that wants a token', async () => {
    const https = { containerPort: 9120, name: 'metricshttps' };
    expect(await controllerMetrics(api([pod('controller-a', https)]), signal)).toBeUndefined();
  });

  it('says when there is no controller', async () => {
    await expect(controllerMetrics(api([]), signal)).rejects.toMatchObject({
      code: 'DUALVIP_IMPLEMENTATION_GONE',
      message: 'MetalLB has no controller pod',
    });
  });
});

describe('countersInMetrics', () => {
  it('are per pool and family, in whatever form a number comes', () => {
    const metrics = [
      '# HELP metallb_allocator_addresses_in_use_total Number of IP addresses in use, per pool',
      '# TYPE metallb_allocator_addresses_in_use_total gauge',
      'metallb_allocator_addresses_in_use_total{pool="a"} 3',
      'metallb_allocator_addresses_in_use_total{pool="b"} 1e+06',
      'metallb_allocator_addresses_total{pool="a"} 9.223372036854775807e+18',
      'metallb_allocator_addresses_total{pool="b"} 1e+06',
      'metallb_allocator_ipv4_addresses_in_use_total{pool="a"} 2',
      'metallb_allocator_ipv4_addresses_in_use_total{pool="b"} 1e+06',
      'metallb_allocator_ipv4_addresses_total{pool="a"} 4',
      'metallb_allocator_ipv6_addresses_in_use_total{pool="a"} 1',
      'metallb_allocator_ipv6_addresses_in_use_total{pool="b"} 0',
      '',
    ].join('\n');
    expect(countersInMetrics(metrics)).toEqual([
      { pool: 'a', source: 'metrics', assigned: { IPv4: 2, IPv6: 1 } },
      { pool: 'b', source: 'metrics', assigned: { IPv4: 1_000_000, IPv6: 0 } },
    ]);
  });

  it('are none of a version that does not count by family (0.13)', () => {
    const metrics = [
      'metallb_allocator_addresses_in_use_total{pool="a"} 2',
      'metallb_allocator_addresses_total{pool="a"} 8',
    ].join('\n');
    expect(countersInMetrics(metrics)).toEqual([]);
  });

  it('are none of a pool that is gone and left its series (0.14)', () => {
    const metrics = [
      'metallb_allocator_ipv4_addresses_in_use_total{pool="gone"} 0',
      'metallb_allocator_ipv6_addresses_in_use_total{pool="gone"} 0',
    ].join('\n');
    expect(countersInMetrics(metrics)).toEqual([]);
  });
});
