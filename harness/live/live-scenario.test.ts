import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import type { KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import {
  advertisementOf,
  announcingOf,
  factsOf,
  factsWith,
  poolOf,
  serviceOf,
  V4,
  V6,
} from '../diagnosis/fake-facts.ts';
import type { Facts } from '../diagnosis/facts.ts';
import { loadScenario } from '../scenario/load.ts';
import { liveScenario, type Expected } from './live-scenario.ts';

function object(spec: object = {}, metadata: object = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop', ...metadata },
    spec: {
      type: 'LoadBalancer',
      ipFamilyPolicy: 'PreferDualStack',
      ipFamilies: ['IPv4', 'IPv6'],
      clusterIPs: ['10.96.0.9', 'fd00:96::9'],
      selector: { app: 'secret-project' },
      ports: [
        { name: 'https', port: 443, protocol: 'TCP', targetPort: 'tls', nodePort: 31_000 },
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 5353 },
      ],
      ...spec,
    },
    status: {},
  };
}

const PORTS = [
  { protocol: 'TCP', port: 443 },
  { protocol: 'UDP', port: 53 },
];

/** As it is when it is read again from its folder, with all checks of a scenario. */
async function written(
  facts: Facts,
  { service = object(), expected = 'asked' }: { service?: KubernetesObject; expected?: Expected } = {},
) {
  const live = liveScenario({ service, facts, expected });
  await using temporary = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-live-'));
  const folder = path.join(temporary.path, live.id);
  await mkdir(path.join(folder, 'manifests'), { recursive: true });
  for (const [name, text] of Object.entries(live.files)) await writeFile(path.join(folder, name), text);
  const scenario = await loadScenario(folder);
  const objects = Object.fromEntries(
    Object.entries(scenario.manifests).map(([name, text]) => [
      name,
      parseAllDocuments(text).map((document) => document.toJS() as unknown),
    ]),
  );
  return { ...scenario, objects, notes: live.notes };
}

describe('liveScenario', () => {
  it('is a scenario with ranges of the same shape, the same spec, and what is asked for', async () => {
    const scenario = await written(factsOf({ ports: PORTS, addresses: ['192.0.2.1'] }));
    expect(scenario).toMatchObject({
      id: 'live-web',
      topologies: ['dual'],
      ranges: { 'p1-v4': { family: 'IPv4', size: 4 }, 'p1-v6': { family: 'IPv6', size: 4 } },
      pools: [{ name: 'dual', ranges: ['p1-v4', 'p1-v6'] }],
      advertise: [{ name: 'l2', pools: ['dual'] }],
      notes: [],
    });
    expect(scenario.objects).toEqual({
      'service.yaml': [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web' },
          spec: {
            type: 'LoadBalancer',
            ipFamilyPolicy: 'PreferDualStack',
            ipFamilies: ['IPv4', 'IPv6'],
            selector: { app: 'web' },
            ports: [
              { name: 'https', port: 443, protocol: 'TCP', targetPort: 8080 },
              { name: 'dns', port: 53, protocol: 'UDP', targetPort: 8081 },
            ],
          },
        },
      ],
    });
    const [service, asked, reached] = scenario.steps;
    expect(service).toMatchObject({ kind: 'apply', apply: ['service.yaml'] });
    expect(asked).toMatchObject({
      id: 'asked',
      expect: { service: 'web', addresses: [{ family: 'IPv4', pool: 'dual' }, { family: 'IPv6' }] },
    });
    expect(reached).toMatchObject({
      probe: {
        service: 'web',
        port: 443,
        protocol: 'http',
        expect: { IPv4: 'reachable', IPv6: 'reachable' },
      },
    });
  });

  it('expects what was seen, where that is wanted', async () => {
    const facts = factsOf({ addresses: ['192.0.2.1'] });
    const { steps } = await written(facts, { expected: 'seen' });
    expect(steps.map(({ id }) => id)).toEqual(['service', 'seen']);
    expect(steps[1]).toMatchObject({ expect: { addresses: [{ family: 'IPv4', pool: 'dual' }] } });
    const pending = await written(factsOf({ addresses: [] }), { expected: 'seen' });
    expect(pending.steps[1]).toMatchObject({ expect: { pending: true } });
  });

  it('has other Services hold what others held, and as many free addresses as there were', async () => {
    const others = [
      serviceOf({ name: 'a', addresses: ['192.0.2.1', '2001:db8::1'] }),
      serviceOf({ name: 'b', addresses: ['2001:db8::2'] }),
      serviceOf({ name: 'c', addresses: ['2001:db8::3', '2001:db8::4'] }),
    ];
    const scenario = await written(factsOf({ ports: PORTS, addresses: ['192.0.2.2'] }, { others }));
    expect(scenario.ranges).toEqual({
      'p1-v4': { family: 'IPv4', size: 3 },
      'p1-v6': { family: 'IPv6', size: 1 },
    });
    expect(scenario.features).toEqual(['pool-by-annotation']);
    expect(scenario.steps.slice(0, 2)).toMatchObject([
      { apply: ['holders.yaml'] },
      { expect: { service: 'holds-dual-ipv6', addresses: [{ family: 'IPv6', pool: 'dual' }] } },
    ]);
    expect(scenario.objects['holders.yaml']).toMatchObject([
      {
        metadata: { annotations: { '${annotation.pool}': '${pool.dual}' } },
        spec: { ipFamilies: ['IPv6'] },
      },
    ]);
  });

  it('keeps limits of pools and advertisements, and says which it cannot keep', async () => {
    const facts = factsWith(
      { ports: PORTS, labels: { tier: 'front' } },
      {
        pools: [
          poolOf('odd.name', [V4], { namespaces: ['shop', 'other'], priority: 10 }),
          poolOf('odd-name', [V6], { namespaces: ['other'], autoAssign: false }),
          poolOf('big', ['10.0.0.0-10.0.255.255'], {
            serviceSelectors: [{ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }],
          }),
        ],
        announcing: announcingOf({
          advertisements: [
            advertisementOf({ name: 'one', pools: ['odd.name'], nodes: ['worker'] }),
            advertisementOf({ name: 'two', kind: 'BGPAdvertisement', pools: ['big'], nodes: [] }),
            advertisementOf({ name: 'three', pools: ['gone'] }),
          ],
        }),
      },
    );
    const scenario = await written(facts);
    expect(scenario.pools).toEqual([
      { name: 'odd-name', ranges: ['p1-v4'], priority: 10, namespaces: ['${run.namespace}'] },
      { name: 'odd-name-2', ranges: ['p2-v6'], autoAssign: false, namespaces: ['somebody-else'] },
      { name: 'big', ranges: ['p3-v4'] },
    ]);
    expect(scenario.advertise).toEqual([
      { name: 'one', pools: ['odd-name'] },
      { name: 'two', pools: ['big'], nodes: ['no-such-node'] },
    ]);
    expect(scenario.notes).toEqual([
      'range p3-v4 has 1024 addresses, and had 65536 free ones',
      'pool big selects Services in a way that is not kept: the Service is selected',
      'advertisement one is for 1 of 2 nodes, and here for all',
      'advertisement two is BGPAdvertisement, and announces by L2 here',
    ]);
  });

  it('asks for the same by annotation and by spec, and names no address of that cluster', async () => {
    const request = {
      addresses: ['192.0.2.1', '2001:db8::4', '203.0.113.9'],
      places: ['annotation metallb.io/loadBalancerIPs', 'spec.loadBalancerIP'],
      pool: 'dual',
      share: 'key',
    };
    const service = object({ loadBalancerIP: '192.0.2.4' });
    const scenario = await written(factsOf({ request }, { endpoints: [] }), { service });
    expect(scenario.objects['service.yaml']).toMatchObject([
      {
        metadata: {
          annotations: {
            '${annotation.addresses}': '${p1-v4.first},${p1-v6.last},192.0.2.1',
            '${annotation.pool}': '${pool.dual}',
            '${annotation.share}': 'key',
          },
        },
        spec: { loadBalancerIP: '${p1-v4.last}', selector: { app: 'nobody' } },
      },
    ]);
    expect(scenario.steps.map(({ kind }) => kind)).toEqual(['apply', 'expect']);
    expect(scenario.notes).toEqual([
      'the Service had no ready endpoint, and selects no pod here',
      'a requested address that no pool has is one for documentation here',
    ]);
  });
});
