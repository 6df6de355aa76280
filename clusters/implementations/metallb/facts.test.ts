import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { metallbFacts } from './facts.ts';

const { signal } = new AbortController();

function object(kind: string, name: string, rest: object = {}, metadata: object = {}): KubernetesObject {
  const namespace = ['Node', 'Namespace'].includes(kind) ? {} : { namespace: 'metallb-system' };
  return { apiVersion: 'x/v1', kind, metadata: { name, ...namespace, ...metadata }, ...rest };
}

function workload(
  kind: string,
  container: { name: string; image: string; args?: string[]; env?: object[] },
  rest: object = {},
) {
  const sidecar = { name: 'frr', image: 'quay.io/frrouting/frr:9.1.0' };
  const template = { spec: { containers: [sidecar, container] } };
  return object(kind, container.name, { spec: { replicas: 1, template }, ...rest });
}

const image = 'quay.io/metallb/controller:v0.16.1';
const controller = workload('Deployment', { name: 'controller', image }, { status: { readyReplicas: 1 } });
const speakers = workload('DaemonSet', { name: 'speaker', image });

function speaker(node: string | undefined, ready: string): KubernetesObject {
  const spec = { ...(node === undefined ? {} : { nodeName: node }), containers: [] };
  return object('Pod', `speaker-${node}`, {
    spec,
    status: { conditions: [{ type: 'Ready', status: ready }] },
  });
}

/** An API that holds these objects; a label selector finds those of its component. */
function api(objects: readonly KubernetesObject[], unserved: string[] = []) {
  return {
    isServed: async ({ kind }: { kind: string }) => !unserved.includes(kind),
    list: async (
      resource: { kind: string },
      { labelSelector = '' }: { labelSelector?: string | undefined } = {},
    ) => ({
      resourceVersion: '1',
      items: labelSelector.startsWith('app.kubernetes.io')
        ? []
        : objects.filter(({ kind }) => kind === resource.kind),
    }),
  };
}

const pool = (name: string, spec: object, rest: object = {}) =>
  object('IPAddressPool', name, { spec, ...rest });

describe('metallbFacts', () => {
  it('reads pools: CIDRs and ranges, namespaces by name and by label, and what the status counts', async () => {
    const facts = await metallbFacts(
      api([
        controller,
        object('Namespace', 'shop', {}, { labels: { team: 'a' } }),
        object('Namespace', 'office'),
        pool(
          'a',
          {
            addresses: ['192.0.2.8/30', '192.0.2.1 - 192.0.2.3', '2001:DB8::/126'],
            autoAssign: false,
            avoidBuggyIPs: true,
          },
          { status: { assignedIPv4: 1, availableIPv4: 6, assignedIPv6: 0, availableIPv6: 4 } },
        ),
        pool('b', {
          addresses: ['2001:db8:1::/60'],
          serviceAllocation: {
            priority: 1,
            namespaces: ['office'],
            namespaceSelectors: [{ matchLabels: { team: 'a' } }],
            serviceSelectors: [{ matchLabels: { tier: 'x' } }],
          },
        }),
        pool('c', { addresses: ['192.0.2.64/32'], serviceAllocation: { priority: 1 } }, { status: {} }),
        object(
          'IPAddressPool',
          'elsewhere',
          { spec: { addresses: ['192.0.2.99/32'] } },
          { namespace: 'default' },
        ),
      ]),
      signal,
    );
    expect(facts.pools).toEqual([
      {
        name: 'a',
        ranges: ['192.0.2.8-192.0.2.11', '192.0.2.1-192.0.2.3', '2001:db8::-2001:db8::3'],
        autoAssign: false,
        avoidBuggyIPs: true,
        serviceSelectors: [],
        available: { IPv4: 6, IPv6: 4 },
      },
      {
        name: 'b',
        ranges: ['2001:db8:1::-2001:db8:1:f:ffff:ffff:ffff:ffff'],
        autoAssign: true,
        avoidBuggyIPs: false,
        priority: 1,
        namespaces: ['office', 'shop'],
        serviceSelectors: [{ matchLabels: { tier: 'x' } }],
      },
      {
        name: 'c',
        ranges: ['192.0.2.64-192.0.2.64'],
        autoAssign: true,
        avoidBuggyIPs: false,
        priority: 1,
        serviceSelectors: [],
      },
    ]);
  });

  it('resolves which pools and nodes an advertisement selects', async () => {
    const facts = await metallbFacts(
      api([
        controller,
        object('Node', 'n1', {}, { labels: { rack: '1' } }),
        object('Node', 'n2'),
        pool('a', { addresses: ['192.0.2.1/32'] }),
        object('IPAddressPool', 'b', { spec: { addresses: ['192.0.2.2/32'] } }, { labels: { net: 'b' } }),
        object('L2Advertisement', 'all'),
        object('L2Advertisement', 'some', {
          spec: {
            ipAddressPoolSelectors: [{ matchLabels: { net: 'b' } }],
            nodeSelectors: [{ matchLabels: { rack: '1' } }],
          },
        }),
        object('BGPAdvertisement', 'named', {
          spec: { ipAddressPools: ['a', 'gone'], serviceSelectors: [{ matchLabels: { tier: 'x' } }] },
        }),
      ]),
      signal,
    );
    const nodes = ['n1', 'n2'];
    expect(facts.announcing?.advertisements).toEqual([
      {
        kind: 'L2Advertisement',
        name: 'all',
        everyPool: true,
        pools: ['a', 'b'],
        nodes,
        serviceSelectors: [],
      },
      {
        kind: 'L2Advertisement',
        name: 'some',
        everyPool: false,
        pools: ['b'],
        nodes: ['n1'],
        serviceSelectors: [],
      },
      {
        kind: 'BGPAdvertisement',
        name: 'named',
        everyPool: false,
        pools: ['a'],
        nodes,
        serviceSelectors: [{ matchLabels: { tier: 'x' } }],
      },
    ]);
  });

  it('reads controller and speakers', async () => {
    const facts = await metallbFacts(
      api([controller, speakers, speaker('n1', 'True'), speaker('n2', 'False'), speaker(undefined, 'False')]),
      signal,
    );
    expect(facts).toMatchObject({
      version: '0.16.1',
      classes: [null],
      controller: {
        ready: true,
        detail: '1 of 1 replicas are ready',
        log: 'kubectl --namespace metallb-system logs deployment/controller',
      },
      announcing: {
        announcers: [
          { node: 'n1', ready: true },
          { node: 'n2', ready: false },
        ],
        heedsExcludeLabel: true,
      },
    });
  });

  it.each([
    [['--lb-class=example.com/lb'], 'example.com/lb'],
    [['--lb-class', 'example.com/lb', '--port=1'], 'example.com/lb'],
    [['--lb-class='], null],
    [['--port=1'], null],
  ])('takes the class from %j', async (args, expected) => {
    const facts = await metallbFacts(
      api([workload('Deployment', { name: 'controller', image, args })]),
      signal,
    );
    expect(facts.classes).toEqual([expected]);
  });

  it.each([
    ['v0.16.1', [], true],
    ['v0.16.1', ['--ignore-exclude-lb'], false],
    ['v0.16.1', ['--ignore-exclude-lb=false'], true],
    ['v0.13.12', [], false],
    ['main', [], true],
  ])('of %s with %j heeds the exclude label: %s', async (tag, args, expected) => {
    const tagged = `registry:5000/controller:${tag}@sha256:00`;
    const facts = await metallbFacts(
      api([
        workload('Deployment', { name: 'controller', image: tagged }),
        workload('DaemonSet', { name: 'speaker', image: tagged, args }),
      ]),
      signal,
    );
    expect(facts.announcing?.heedsExcludeLabel).toBe(expected);
  });

  it.each([
    ['v0.14.9', ['metallb.io/address-pool', 'metallb.universe.tf/address-pool']],
    ['v0.14.8', ['metallb.universe.tf/address-pool']],
  ])('of %s reads the annotations %j', async (tag, expected) => {
    const container = { name: 'controller', image: `controller:${tag}` };
    const facts = await metallbFacts(api([workload('Deployment', container)]), signal);
    expect(facts.annotations.pool).toEqual(expected);
  });

  it.each([
    [[], 'native'],
    [[{ name: 'METALLB_BGP_TYPE', value: 'frr-k8s' }], 'frr-k8s'],
  ])('of speakers with %j is in mode %s', async (env, expected) => {
    const container = { name: 'speaker', image, env };
    const facts = await metallbFacts(api([controller, workload('DaemonSet', container)]), signal);
    expect(facts.mode).toBe(expected);
  });

  it.each([
    [[], undefined],
    [['--log-level=debug'], undefined],
    [
      ['--log-level=warn'],
      "MetalLB's controller has --log-level=warn, and tells only at info when it has taken a pool in",
    ],
  ])('of a controller with %j tells whether it can be followed', async (args, expected) => {
    const facts = await metallbFacts(
      api([workload('Deployment', { name: 'controller', image, args })]),
      signal,
    );
    expect(facts.controller.unfollowed).toBe(expected);
  });

  const HELM = 'app.kubernetes.io/name=metallb,app.kubernetes.io/component=controller';
  const UPSTREAM = { component: 'controller' };

  it.each([
    [{ labels: UPSTREAM }, undefined],
    [
      { labels: UPSTREAM, namespace: 'metallb' },
      { namespace: 'metallb', labelSelector: 'component=controller' },
    ],
    [
      { labels: { 'app.kubernetes.io/component': 'controller' } },
      { namespace: 'metallb-system', labelSelector: HELM },
    ],
  ])('of %j tells where it is', async (metadata, expected) => {
    const placed = { ...controller, metadata: { ...controller.metadata, ...metadata } };
    const facts = await metallbFacts(api([placed]), signal);
    expect(facts.controller.place).toEqual(expected);
  });

  it('says that there is no controller, and asks for no kind that is not served', async () => {
    const facts = await metallbFacts(
      api([object('BGPAdvertisement', 'x', { spec: 'not to be read' })], ['BGPAdvertisement']),
      signal,
    );
    expect(facts.controller).toMatchObject({ ready: false, detail: 'there is no Deployment of it' });
    expect(facts.announcing?.advertisements).toEqual([]);
  });
});
