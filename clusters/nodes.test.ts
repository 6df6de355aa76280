import { describe, expect, it } from 'vitest';

import { Docker } from './docker.ts';
import { KubernetesClient } from './kubernetes/client.ts';
import type { ResourceRef } from './kubernetes/objects.ts';
import { checkFamilies, clusterNodes, parseNodes } from './nodes.ts';

/** As `docker inspect` answers, as far as it is read. */
function container(name: string, fields: { role?: string; networks?: object } = {}) {
  return {
    Id: `id-${name}`,
    Name: `/${name}`,
    Config: { Labels: { 'io.x-k8s.kind.role': fields.role ?? 'worker', 'io.x-k8s.kind.cluster': 'demo' } },
    NetworkSettings: { Networks: fields.networks ?? {} },
  };
}

const endpoint = (last: number) => ({
  IPAddress: `172.18.0.${last}`,
  GlobalIPv6Address: `fd00:AAAA:0::${last}`,
  MacAddress: `02:42:AC:12:00:0${last}`,
});

describe('parseNodes', () => {
  it('reads both addresses, role and MAC on the cluster’s bridge, sorted by name', () => {
    const other = { bridge: { IPAddress: '172.17.0.9', GlobalIPv6Address: '', MacAddress: 'ff' } };
    const text = JSON.stringify([
      container('demo-worker', { networks: { ...other, demo: endpoint(3) } }),
      container('demo-control-plane', { role: 'control-plane', networks: { demo: endpoint(2) } }),
    ]);
    expect(parseNodes(text, 'demo')).toEqual([
      {
        name: 'demo-control-plane',
        containerId: 'id-demo-control-plane',
        role: 'control-plane',
        addresses: { IPv4: '172.18.0.2', IPv6: 'fd00:aaaa::2' },
        mac: '02:42:ac:12:00:02',
      },
      {
        name: 'demo-worker',
        containerId: 'id-demo-worker',
        role: 'worker',
        addresses: { IPv4: '172.18.0.3', IPv6: 'fd00:aaaa::3' },
        mac: '02:42:ac:12:00:03',
      },
    ]);
  });

  it('leaves out the family that a node has not, and both where it is not on the bridge', () => {
    const single = { demo: { IPAddress: '', GlobalIPv6Address: 'fd00::5', MacAddress: '' } };
    const text = JSON.stringify([container('a', { networks: single }), container('b')]);
    expect(parseNodes(text, 'demo')).toMatchObject([
      { name: 'a', addresses: { IPv6: 'fd00::5' }, mac: '' },
      { name: 'b', addresses: {}, mac: '' },
    ]);
  });
});

class FakeDocker extends Docker {
  readonly asked: string[] = [];
  readonly #nodes: object[];

  constructor(nodes: object[]) {
    super({});
    this.#nodes = nodes;
  }

  override run(args: readonly string[]): Promise<string> {
    this.asked.push(args.join(' '));
    const ids = this.#nodes.map((_, index) => `c${index}`).join('\n');
    return Promise.resolve(args[0] === 'ps' ? ids : JSON.stringify(this.#nodes));
  }
}

describe('clusterNodes', () => {
  it('asks for the running containers that carry kind’s label', async () => {
    const docker = new FakeDocker([container('b'), container('a')]);
    expect((await clusterNodes(docker, 'demo', 'demo')).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(docker.asked).toEqual(['ps --quiet --filter label=io.x-k8s.kind.cluster=demo', 'inspect c0 c1']);
  });

  it('says that a cluster is gone, and how to be rid of the rest', async () => {
    await expect(clusterNodes(new FakeDocker([]), 'demo', 'demo')).rejects.toMatchObject({
      code: 'DUALVIP_CLUSTER_GONE',
      message: 'cluster demo has no running node',
      hint: 'Remove what is left of it: dualvip down demo.',
    });
  });
});

interface FakeNode {
  name: string;
  podCIDRs?: string[];
  addresses?: string[];
}

/** A client of a cluster with these nodes and service CIDRs. */
function fakeClient(nodes: FakeNode[], cidrs: string[]): KubernetesClient {
  const items: Record<string, object[]> = {
    Node: nodes.map(({ name, podCIDRs, addresses }) => ({
      metadata: { name },
      spec: podCIDRs ? { podCIDRs } : {},
      status: {
        addresses: [
          { type: 'Hostname', address: `${name}::x` },
          ...(addresses ?? []).map((address) => ({ type: 'InternalIP', address })),
        ],
      },
    })),
    ServiceCIDR: [{ metadata: { name: 'kubernetes' }, spec: { cidrs } }],
  };
  const list = ({ kind }: ResourceRef) => Promise.resolve({ items: items[kind] ?? [] });
  return Object.assign(Object.create(KubernetesClient.prototype), { list });
}

const DUAL_NODE = { podCIDRs: ['10.244.0.0/24', 'fd00:10:244::/64'], addresses: ['172.18.0.2', 'fd00::2'] };
const DUAL_CIDRS = ['10.96.0.0/16', 'fd00:10:96::/112'];

describe('checkFamilies', () => {
  const { signal } = new AbortController();
  const check = (nodes: FakeNode[], cidrs: string[], families: readonly ('IPv4' | 'IPv6')[]) =>
    checkFamilies(fakeClient(nodes, cidrs), families, signal);

  it('takes a cluster that has what its topology promises, and more', async () => {
    const nodes = [{ name: 'a', ...DUAL_NODE }];
    await expect(check(nodes, DUAL_CIDRS, ['IPv4', 'IPv6'])).resolves.toBeUndefined();
    await expect(check(nodes, DUAL_CIDRS, ['IPv6'])).resolves.toBeUndefined();
    const single = { name: 'a', podCIDRs: ['fd00::/64'], addresses: ['fd00::2'] };
    await expect(check([single], ['fd00:96::/112'], ['IPv6'])).resolves.toBeUndefined();
  });

  it('names every node and what it lacks, and the service CIDR', async () => {
    const nodes = [
      { name: 'a', ...DUAL_NODE },
      { name: 'b', podCIDRs: ['10.244.1.0/24'], addresses: ['172.18.0.3', 'fd00::3'] },
      { name: 'c', podCIDRs: DUAL_NODE.podCIDRs, addresses: ['172.18.0.4'] },
      { name: 'd' },
    ];
    await expect(check(nodes, ['10.96.0.0/16'], ['IPv4', 'IPv6'])).rejects.toMatchObject({
      code: 'DUALVIP_CLUSTER_FAMILY_MISSING',
      message:
        'node b has no IPv6 pod CIDR; node c has no IPv6 address; ' +
        'node d has no IPv4 address; node d has no IPv6 address; ' +
        'node d has no IPv4 pod CIDR; node d has no IPv6 pod CIDR; ' +
        'the cluster has no IPv6 service CIDR',
      hint: 'The topology promises IPv4 and IPv6. Was the cluster or its network made by hand?',
    });
  });
});
