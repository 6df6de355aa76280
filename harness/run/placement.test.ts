import { describe, expect, it } from 'vitest';

import { KubernetesClient } from '../../clusters/kubernetes/client.ts';
import { FakeApiServer, json, list } from '../../clusters/kubernetes/fake-api-server.ts';
import type { KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import type { ClusterNode } from '../../clusters/nodes.ts';
import { service, V4, V6 } from '../judge/fake-observations.ts';
import type { ProbeTarget } from '../probe/probe.ts';
import { resultOf } from '../probe/result.ts';
import { endpointsAre, Placement, podsAre } from './placement.ts';

const AWAY = { operator: 'NotIn', node: 'dual-worker' } as const;
const ON = { operator: 'In', node: 'dual-worker' } as const;

const { signal } = new AbortController();
const STEP = { deployment: 'web', awayFrom: 'announcer', service: 'web' } as const;
const FAULT = { name: 'link-down', node: 'announcer', service: 'web' } as const;

const nodes: ClusterNode[] = ['dual-worker', 'dual-worker2'].map((name, index) => ({
  name,
  containerId: name,
  role: 'worker',
  addresses: {},
  mac: `02:42:ac:12:00:0${index}`,
}));

const DEPLOYMENT: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'run', generation: 1 },
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } } },
  status: {
    observedGeneration: 1,
    replicas: 1,
    updatedReplicas: 1,
    availableReplicas: 1,
    readyReplicas: 1,
  },
};

const kinds = (name: string, kind: string) => ({
  kind: 'APIResourceList',
  resources: [{ name, kind, namespaced: true }],
});

/** Backends that go at once where they are to be, and an announcer that is asked for once for each of its places. */
async function placed(announcers: readonly string[]) {
  let looks = 0;
  let away: string | undefined;
  const awayFrom: string[] = [];
  const place = () => nodes.find(({ name }) => name !== away)?.name ?? '';
  const deployments = '/apis/apps/v1/namespaces/run/deployments';
  const slices = '/apis/discovery.k8s.io/v1/namespaces/run/endpointslices';
  const server = await FakeApiServer.start({
    'GET /api/v1': (response) => json(response, kinds('pods', 'Pod')),
    'GET /apis/apps/v1': (response) => json(response, kinds('deployments', 'Deployment')),
    'GET /apis/discovery.k8s.io/v1': (response) => json(response, kinds('endpointslices', 'EndpointSlice')),
    [`GET ${deployments}`]: (response) => json(response, list([DEPLOYMENT], '5')),
    [`GET ${deployments}/web`]: (response) => json(response, DEPLOYMENT),
    [`WATCH ${deployments}`]: (response) => response.flushHeaders(),
    [`PATCH ${deployments}/web`]: (response, request) => {
      away = /"values":\["([^"]+)"\]/.exec(request.body)?.[1];
      awayFrom.push(away ?? '');
      json(response, DEPLOYMENT);
    },
    'GET /api/v1/namespaces/run/pods': (response) => json(response, list([pod(place())], '5')),
    'WATCH /api/v1/namespaces/run/pods': (response) => response.flushHeaders(),
    [`GET ${slices}`]: (response) => json(response, list([slice({ nodeName: place() })], '5')),
    [`WATCH ${slices}`]: (response) => response.flushHeaders(),
  });
  const client = new KubernetesClient(server.access);
  const session = {
    namespace: 'run',
    cluster: { client, nodes },
    log: { all: () => [service({ addresses: [V4, V6] })] },
    probe: {
      probe(target: ProbeTarget) {
        // Both addresses are asked for at once.
        const name = announcers[Math.floor(looks / 2)] ?? announcers.at(-1);
        looks += 1;
        const lladdr = nodes.find((node) => node.name === name)?.mac;
        const neighbours = JSON.stringify([
          { dst: target.address, dev: 'eth0', lladdr, state: ['REACHABLE'] },
        ]);
        const attempt = { outcome: 'ok', startedAt: 0, endedAt: 1, answers: [], neighbours };
        return Promise.resolve(resultOf(target, attempt));
      },
    },
  };
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that it uses of a session
    placement: new Placement(session as unknown as ConstructorParameters<typeof Placement>[0]),
    away: () => awayFrom,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

function pod(nodeName: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec: { nodeName }, status: {} };
}

function slice(...endpoints: { nodeName: string; ready?: boolean }[]): KubernetesObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web' },
    endpoints: endpoints.map(({ nodeName, ready = true }) => ({ nodeName, conditions: { ready } })),
  };
}

describe('podsAre', () => {
  it('is true when all pods are where they are to be', () => {
    expect(podsAre([pod('dual-worker2'), pod('dual-worker2')], 2, AWAY)).toBe(true);
    expect(podsAre([pod('dual-worker'), pod('dual-worker')], 2, ON)).toBe(true);
    expect(podsAre([pod('dual-worker'), pod('dual-worker2')], 2, undefined)).toBe(true);
  });

  it('says how many are not, or too many', () => {
    expect(podsAre([pod('dual-worker'), pod('dual-worker2')], 2, AWAY)).toBe(
      '2 of 2 pods, 1 of them elsewhere',
    );
    expect(podsAre([pod('dual-worker2'), pod('dual-worker2'), pod('dual-worker2')], 2, AWAY)).toBe(
      '3 of 2 pods, 0 of them elsewhere',
    );
  });
});

describe('endpointsAre', () => {
  it('is true when both families have endpoints, ready and in the right place', () => {
    const there = slice({ nodeName: 'dual-worker2' });
    expect(endpointsAre([there, there], AWAY)).toBe(true);
  });

  it.each([
    [
      'one family is without',
      [slice({ nodeName: 'dual-worker2' }), slice()],
      '0 endpoints are elsewhere or not ready, 1 of 2 slices are empty',
    ],
    [
      'one is elsewhere',
      [slice({ nodeName: 'dual-worker2' }, { nodeName: 'dual-worker' })],
      '1 endpoints are elsewhere or not ready, 0 of 1 slices are empty',
    ],
    [
      'one is not ready',
      [slice({ nodeName: 'dual-worker2', ready: false })],
      '1 endpoints are elsewhere or not ready, 0 of 1 slices are empty',
    ],
    ['there is no slice', [], '0 endpoints are elsewhere or not ready, 0 of 0 slices are empty'],
  ])('says so where %s', (_what, slices, expected) => {
    expect(endpointsAre(slices, AWAY)).toBe(expected);
  });
});

describe('follow', () => {
  it('places the backends again where the announcer has moved, and leaves them where it has not', async () => {
    await using one = await placed(['dual-worker', 'dual-worker2', 'dual-worker2']);
    await one.placement.place(STEP, signal);
    await one.placement.follow(FAULT, signal);
    expect(one.away()).toEqual(['dual-worker', 'dual-worker2']);
  });

  it('leaves them alone where nothing was placed for the Service of the fault', async () => {
    await using one = await placed(['dual-worker']);
    await one.placement.follow(FAULT, signal);
    await one.placement.place(STEP, signal);
    await one.placement.follow({ name: 'link-down', node: 'worker' }, signal);
    expect(one.away()).toEqual(['dual-worker']);
  });

  it('gives up on an announcer that does not stay', async () => {
    const moves = Array.from({ length: 8 }, (_, index) => `dual-worker${index % 2 === 0 ? '' : '2'}`);
    await using one = await placed(moves);
    await one.placement.place(STEP, signal);
    await expect(one.placement.follow(FAULT, signal)).rejects.toThrow(
      'the announcer of "web" does not stay where it is',
    );
  });
});
