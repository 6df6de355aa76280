import { describe, expect, it } from 'vitest';

import type { KubernetesObject, ObjectRef } from '../kubernetes/objects.ts';
import { fakePlace } from './fake-place.ts';
import { bridgeName, findCable } from './link-down.ts';
import { nodeRecovered, parseTasks } from './recovery.ts';

const TASKS = [
  'TASK                PID     STATUS    ',
  'c0ffee              4711    RUNNING',
  'badcab1e            815     STOPPED',
].join('\n');

describe('parseTasks', () => {
  it('reads what the runtime lists', () => {
    expect(parseTasks(TASKS)).toEqual([
      { id: 'c0ffee', pid: 4711, status: 'RUNNING' },
      { id: 'badcab1e', pid: 815, status: 'STOPPED' },
    ]);
  });
});

function lease(renewTime: string): KubernetesObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'demo-worker' },
    spec: { renewTime },
  };
}

function pod(containerID: string): KubernetesObject {
  const containerStatuses = [{ name: 'speaker', ready: true, restartCount: 0, containerID }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'speaker-x' },
    spec: {},
    status: { phase: 'Running', containerStatuses },
  };
}

const READY: KubernetesObject[] = ['a', 'b', 'c'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: {},
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
}));

describe('nodeRecovered', () => {
  it('believes neither a lease that was there nor a container that does not run', async () => {
    const leases = ['10:00:00', '10:00:00', '10:00:10'];
    const pods = ['containerd://badcab1e', 'containerd://c0ffee'];
    const asked: string[] = [];
    const { place } = fakePlace(() => TASKS);
    const seen = await nodeRecovered(
      {
        ...place,
        client: {
          ...place.client,
          get: ({ name }: ObjectRef) => {
            asked.push(`lease of ${name}`);
            return Promise.resolve(lease(leases.shift() ?? ''));
          },
          list: () => {
            asked.push('pods');
            return Promise.resolve({ items: [pod(pods.shift() ?? '')], resourceVersion: '1' });
          },
          follow: async function* () {
            asked.push('nodes');
            yield await Promise.resolve({ objects: READY, changes: [], at: 0 });
          },
        },
        speakersServe: () => Promise.resolve(void asked.push('speakers')),
      },
      'demo-worker',
      new AbortController().signal,
    );
    expect(asked).toEqual([
      ...Array.from({ length: 3 }, () => 'lease of demo-worker'),
      ...['nodes', 'pods', 'pods', 'speakers'],
    ]);
    expect(seen).toBe('the kubelet renewed its lease, 1 pods run, 3 speakers list each other');
  });
});

describe('the cable', () => {
  const links = JSON.stringify([
    { ifindex: 2, ifname: 'eth0' },
    { ifindex: 7, ifname: 'vethf57d686', master: 'br-0123456789ab' },
    { ifindex: 9, ifname: 'veth0000001' },
  ]);

  it('is found by the index that the node has of it, plugged in or not', () => {
    expect(findCable(links, 7)).toEqual({ name: 'vethf57d686', master: 'br-0123456789ab' });
    expect(findCable(links, 9)).toEqual({ name: 'veth0000001', master: undefined });
    expect(findCable(links, 8)).toBeUndefined();
  });

  it.each([
    [null, 'br-0123456789ab'],
    [{}, 'br-0123456789ab'],
    [{ 'com.docker.network.bridge.name': 'br-own' }, 'br-own'],
  ])('goes into the bridge of a network with the options %j', (Options, expected) => {
    expect(bridgeName(JSON.stringify({ Id: '0123456789abcdef', Options }))).toBe(expected);
  });
});
