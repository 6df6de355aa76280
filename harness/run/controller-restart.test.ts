import { describe, expect, it } from 'vitest';

import { KubernetesClient } from '../../clusters/kubernetes/client.ts';
import { FakeApiServer, json, list } from '../../clusters/kubernetes/fake-api-server.ts';
import type { KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import { startController, stopController } from './controller-restart.ts';

const { signal } = new AbortController();
const NAMESPACE = '/apis/apps/v1/namespaces/lb/deployments';
const PODS = '/api/v1/namespaces/lb/pods';

function kinds(name: string, kind: string): object {
  return { kind: 'APIResourceList', resources: [{ name, kind, namespaced: true }] };
}

/** A namespace with the allocator's Deployment; a patch of its replicas makes and removes its pod. */
async function allocatorWith(replicas: number) {
  let now = replicas;
  const deployment = (): KubernetesObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'controller', namespace: 'lb' },
    spec: { replicas: now },
  });
  const pod: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'controller-1', namespace: 'lb', uid: 'u' },
    spec: { nodeName: 'dual-worker' },
    status: {
      phase: 'Running',
      containerStatuses: [
        { name: 'controller', ready: true, restartCount: 0, containerID: 'containerd://c1' },
      ],
    },
  };
  const server = await FakeApiServer.start({
    'GET /api/v1': (response) => json(response, kinds('pods', 'Pod')),
    'GET /apis/apps/v1': (response) => json(response, kinds('deployments', 'Deployment')),
    [`GET ${NAMESPACE}`]: (response) => json(response, list([deployment()], '5')),
    // The pod is gone from the API when it is to be deleted.
    [`GET ${PODS}`]: (response) => json(response, list(now > 0 ? [pod] : [], '5')),
    [`WATCH ${PODS}`]: (response) => response.flushHeaders(),
    [`PATCH ${NAMESPACE}/controller`]: (response) => {
      now = now > 0 ? 0 : 1;
      json(response, deployment());
    },
  });
  const client = new KubernetesClient(server.access);
  const served: number[] = [];
  const looks = ['c1 7 RUNNING', 'c1 7 RUNNING', ''];
  const docker = {
    lines: () => Promise.resolve(['running']),
    run: () => Promise.resolve(`TASK PID STATUS\n${looks.shift() ?? ''}`),
  };
  const implementation = {
    controller: { namespace: 'lb', labelSelector: 'component=controller', container: 'controller' },
    whenServing: () => Promise.resolve(void served.push(now)),
  };
  return {
    place: { client, nodes: [], docker },
    implementation,
    served,
    looks,
    replicas: () => now,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('stopController', () => {
  it('scales the Deployment to none, and is done when the pod is gone and its process has ended', async () => {
    await using one = await allocatorWith(1);
    await stopController(one.place, one.implementation, signal);
    expect(one.replicas()).toBe(0);
    expect(one.looks).toEqual([]);
  });
});

describe('startController', () => {
  it('brings it back, and is done when it serves', async () => {
    await using one = await allocatorWith(0);
    await startController(one.place, one.implementation, signal);
    expect(one.replicas()).toBe(1);
    expect(one.served).toEqual([1]);
  });

  it('leaves one that runs as it is', async () => {
    await using one = await allocatorWith(1);
    await startController(one.place, one.implementation, signal);
    expect(one.replicas()).toBe(1);
    expect(one.served).toEqual([]);
  });
});
