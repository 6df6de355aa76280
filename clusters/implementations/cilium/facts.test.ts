import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { ciliumFacts } from './facts.ts';
import { POOL } from './pools.ts';

const { signal } = new AbortController();

function operator(tag: string): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cilium-operator', namespace: 'kube-system' },
    spec: {
      replicas: 2,
      template: { spec: { containers: [{ image: `quay.io/cilium/operator-generic:${tag}` }] } },
    },
    status: { readyReplicas: 1 },
  };
}

function config(namespace: string, data: Record<string, string>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cilium-config', namespace }, data };
}

function pool(name: string, spec: object, conditions: object[] = []): KubernetesObject {
  return { ...POOL, metadata: { name }, spec, status: { conditions } };
}

function factsOf(objects: readonly KubernetesObject[], isServed = true) {
  const client = {
    list: ({ kind }: { kind: string }) =>
      Promise.resolve({ items: objects.filter((object) => object.kind === kind), resourceVersion: '5' }),
    isServed: () => Promise.resolve(isServed),
  };
  return ciliumFacts(client, signal);
}

describe('ciliumFacts', () => {
  it('is told of a cluster that has none of it', async () => {
    expect(await factsOf([], false)).toMatchObject({
      name: 'cilium',
      classes: [null],
      pools: [],
      controller: { ready: false, detail: 'there is no Deployment of it' },
    });
  });

  it('reads version, classes and controller', async () => {
    const facts = await factsOf([
      operator('v1.15.19@sha256:00'),
      config('elsewhere', { 'enable-bgp-control-plane': 'true' }),
      config('kube-system', { 'enable-l2-announcements': 'true', 'enable-bgp-control-plane': 'false' }),
    ]);
    expect(facts).toMatchObject({
      version: '1.15.19',
      classes: [null, 'io.cilium/l2-announcer'],
      annotations: { addresses: ['io.cilium/lb-ipam-ips'], share: ['io.cilium/lb-ipam-sharing-key'] },
      controller: {
        ready: true,
        detail: '1 of 2 replicas are ready',
        log: 'kubectl --namespace kube-system logs deployment/cilium-operator',
      },
    });
    expect(facts).not.toHaveProperty('announcing');
  });

  it.each([
    ['v1.15.19', undefined, '192.0.2.1-192.0.2.2', '2001:db8::1-2001:db8::e'],
    ['v1.15.19', 'Yes', '192.0.2.0-192.0.2.3', '2001:db8::-2001:db8::f'],
    ['v1.16.0', undefined, '192.0.2.0-192.0.2.3', '2001:db8::-2001:db8::f'],
    ['v1.16.0', 'No', '192.0.2.1-192.0.2.2', '2001:db8::1-2001:db8::e'],
  ])('of %s, allowFirstLastIPs %s: a CIDR is %s and %s', async (tag, allowFirstLastIPs, v4, v6) => {
    const blocks = [{ cidr: '192.0.2.0/30' }, { cidr: '2001:db8::7/124' }];
    const spec = { blocks, ...(allowFirstLastIPs ? { allowFirstLastIPs } : {}) };
    const { pools } = await factsOf([operator(tag), pool('a', spec)]);
    expect(pools).toMatchObject([{ name: 'a', ranges: [v4, v6] }]);
  });

  it('keeps back nothing of two addresses, or of start and stop', async () => {
    const blocks = [
      { cidr: '192.0.2.0/31' },
      { cidr: '2001:db8::/128' },
      { start: '192.0.2.8', stop: '192.0.2.9' },
      { start: '2001:DB8::9' },
    ];
    const { pools } = await factsOf([operator('v1.15.19'), pool('a', { blocks })]);
    expect(pools[0]?.ranges).toEqual([
      '192.0.2.0-192.0.2.1',
      '2001:db8::-2001:db8::',
      '192.0.2.8-192.0.2.9',
      '2001:db8::9-2001:db8::9',
    ]);
  });

  it.each([
    ['disabled', { disabled: true }, []],
    ['in conflict', {}, [{ type: 'cilium.io/PoolConflict', status: 'True' }]],
  ])('has nothing to give out of a pool that is %s', async (_, spec, conditions) => {
    const blocks = [{ start: '192.0.2.1', stop: '192.0.2.8' }];
    const { pools } = await factsOf([pool('a', { blocks, ...spec }, conditions)]);
    expect(pools).toMatchObject([{ name: 'a', ranges: [] }]);
  });

  it('knows how many are free where the pool has one family', async () => {
    const free = [{ type: 'cilium.io/IPsAvailable', status: 'Unknown', message: '7' }];
    const v4 = { start: '192.0.2.1', stop: '192.0.2.8' };
    const v6 = { start: '2001:db8::1', stop: '2001:db8::8' };
    const { pools } = await factsOf([
      pool('v4', { blocks: [v4] }, free),
      pool('v6', { blocks: [v6] }, free),
      pool('dual', { blocks: [v4, v6] }, free),
      pool('new', { blocks: [v4] }),
    ]);
    expect(pools.map(({ available }) => available)).toEqual([
      { IPv4: 7, IPv6: 0 },
      { IPv4: 0, IPv6: 7 },
      undefined,
      undefined,
    ]);
  });

  const namespace = 'io.kubernetes.service.namespace';
  const inOneOrTwo = { key: namespace, operator: 'In', values: ['one', 'two'] };
  it.each<[object | undefined, object]>([
    [undefined, { serviceSelectors: [] }],
    [{}, { serviceSelectors: [] }],
    [
      { matchLabels: { app: 'web' } },
      { serviceSelectors: [{ matchLabels: { app: 'web' }, matchExpressions: [] }] },
    ],
    [{ matchLabels: { [namespace]: 'one' } }, { namespaces: ['one'], serviceSelectors: [] }],
    [{ matchExpressions: [inOneOrTwo] }, { namespaces: ['one', 'two'], serviceSelectors: [] }],
    [
      { matchLabels: { [namespace]: 'two', app: 'web' }, matchExpressions: [inOneOrTwo] },
      { namespaces: ['two'], serviceSelectors: [{ matchLabels: { app: 'web' }, matchExpressions: [] }] },
    ],
  ])('reads the selector %j', async (serviceSelector, expected) => {
    const { pools } = await factsOf([pool('a', { blocks: [], serviceSelector })]);
    expect(pools).toEqual([{ name: 'a', ranges: [], autoAssign: true, avoidBuggyIPs: false, ...expected }]);
  });
});
