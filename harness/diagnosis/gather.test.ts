import { describe, expect, it } from 'vitest';

import type { FactsClient } from '../../clusters/implementations/facts.ts';
import type { KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import { implementationOf } from './fake-facts.ts';
import { gatherFacts } from './gather.ts';

const { signal } = new AbortController();

function object(kind: string, name: string, rest: object, metadata: object = {}): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'shop', ...metadata }, ...rest };
}

function service(name: string, spec: object = {}, rest: object = {}): KubernetesObject {
  const { metadata = {}, ...others } = rest as { metadata?: object };
  return object(
    'Service',
    name,
    { spec: { type: 'LoadBalancer', ...spec }, ...others },
    { uid: `uid-${name}`, ...metadata },
  );
}

interface Query {
  kind: string;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
}

function api(objects: readonly KubernetesObject[], served = ['networking.k8s.io/v1']) {
  const queries: Query[] = [];
  const client: FactsClient = {
    isServed: async ({ apiVersion }) => served.includes(apiVersion),
    list: async ({ kind }, options) => {
      const { labelSelector, fieldSelector } = options ?? {};
      queries.push({ kind, labelSelector, fieldSelector });
      return { items: objects.filter((one) => one.kind === kind), resourceVersion: '1' };
    },
  };
  return { client, queries };
}

const implementation = {
  facts: async () => implementationOf(),
  telling: (events: readonly { reason: string }[]) => {
    const last = events.at(-1);
    return last ? { said: 'refused' as const, text: last.reason } : undefined;
  },
};

function gather(objects: readonly KubernetesObject[], served?: string[]) {
  const { client, queries } = api(objects, served);
  return { queries, facts: gatherFacts({ client, implementation, namespace: 'shop', name: 'web', signal }) };
}

const slice = (addressType: string, endpoints: unknown) =>
  object('EndpointSlice', `web-${addressType}`, { addressType, endpoints });

describe('gatherFacts', () => {
  it('reads a Service and what is around it', async () => {
    const { facts, queries } = gather([
      service(
        'web',
        {
          ipFamilyPolicy: 'PreferDualStack',
          ipFamilies: ['IPv6', 'IPv4'],
          selector: { app: 'web' },
          externalTrafficPolicy: 'Local',
          loadBalancerClass: 'x',
          ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }],
        },
        {
          metadata: {
            labels: { tier: 'a' },
            annotations: {
              'metallb.io/address-pool': 'p',
              'metallb.io/loadBalancerIPs': '192.0.2.1, 2001:db8::1',
            },
          },
          status: { loadBalancer: { ingress: [{ ip: '2001:DB8::0:1' }, { hostname: 'x' }] } },
        },
      ),
      service('other', { loadBalancerIP: '192.0.2.9' }),
      object('Node', 'n1', {
        spec: { podCIDRs: ['10.244.0.0/24', 'fd00::/64'] },
        status: { conditions: [{ type: 'NetworkUnavailable', status: 'True' }] },
      }),
      object(
        'Node',
        'n2',
        { spec: {}, status: {} },
        { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } },
      ),
      object('ServiceCIDR', 'kubernetes', { spec: { cidrs: ['10.96.0.0/16'] } }),
      slice('IPv4', [{ nodeName: 'n1', conditions: { ready: false } }, {}]),
      slice('IPv6', null),
      slice('FQDN', [{}]),
      object('Event', 'late', { reason: 'Later', involvedObject: {}, lastTimestamp: '2026-11-23T05:00:01Z' }),
      object('Event', 'early', {
        reason: 'Earlier',
        involvedObject: {},
        eventTime: '2026-11-23T05:00:00.000000Z',
        lastTimestamp: null,
      }),
    ]);
    expect(await facts).toEqual({
      service: {
        namespace: 'shop',
        name: 'web',
        labels: { tier: 'a' },
        type: 'LoadBalancer',
        class: 'x',
        ipFamilyPolicy: 'PreferDualStack',
        ipFamilies: ['IPv6', 'IPv4'],
        addresses: ['2001:db8::1'],
        externalTrafficPolicy: 'Local',
        selector: { app: 'web' },
        ports: [
          { protocol: 'TCP', port: 80 },
          { protocol: 'UDP', port: 53 },
        ],
        request: {
          addresses: ['192.0.2.1', '2001:db8::1'],
          places: ['annotation metallb.io/loadBalancerIPs'],
          pool: 'p',
        },
      },
      told: { said: 'refused', text: 'Later' },
      others: [
        expect.objectContaining({
          name: 'other',
          class: null,
          request: { addresses: ['192.0.2.9'], places: ['spec.loadBalancerIP'] },
        }),
      ],
      cluster: { serviceCIDRs: ['10.96.0.0/16'], podCIDRs: ['10.244.0.0/24', 'fd00::/64'] },
      nodes: [
        { name: 'n1', excluded: false, networkUnavailable: true },
        { name: 'n2', excluded: true, networkUnavailable: false },
      ],
      endpoints: [
        { family: 'IPv4', node: 'n1', ready: false },
        { family: 'IPv4', ready: true },
      ],
      implementation: implementationOf(),
    });
    expect(queries).toContainEqual({
      kind: 'Event',
      labelSelector: undefined,
      fieldSelector: 'involvedObject.kind=Service,involvedObject.uid=uid-web',
    });
    expect(queries).toContainEqual({
      kind: 'EndpointSlice',
      labelSelector: 'kubernetes.io/service-name=web',
      fieldSelector: undefined,
    });
  });

  it('does without ServiceCIDRs, which old clusters do not have', async () => {
    const { facts, queries } = gather([service('web')], []);
    expect((await facts).cluster).toEqual({ serviceCIDRs: [], podCIDRs: [] });
    expect(queries.map(({ kind }) => kind)).not.toContain('ServiceCIDR');
  });

  it('names the Services that there are for one that there is not', async () => {
    const { facts } = gather([service('wbe'), service('db', { type: 'ClusterIP' })]);
    await expect(facts).rejects.toMatchObject({
      code: 'DUALVIP_SERVICE_UNKNOWN',
      exitCode: 64,
      message: 'there is no Service "web" in namespace shop (did you mean "wbe"?)',
      hint: 'Services of type LoadBalancer: wbe -n shop.',
    });
  });

  it('says that there is no LoadBalancer Service at all', async () => {
    await expect(gather([]).facts).rejects.toMatchObject({
      message: 'there is no Service "web" in namespace shop',
      hint: 'The cluster has no Service of type LoadBalancer.',
    });
  });
});
