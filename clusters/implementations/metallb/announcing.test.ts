import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../../kubernetes/objects.ts';
import type { WatchEvent } from '../../kubernetes/watch.ts';
import { announcedIn, metallbAnnouncing } from './announcing.ts';

const { signal } = new AbortController();

const event = (reason: string, message: string) =>
  metallbAnnouncing.nodeInEvent({ type: 'Normal', reason, message });

describe('nodeInEvent', () => {
  it('is the node that a speaker has written', () => {
    expect(event('nodeAssigned', 'announcing from node "demo-worker2" with protocol "layer2"')).toBe(
      'demo-worker2',
    );
  });

  it('is none in other events, BGP included', () => {
    expect(event('nodeAssigned', 'announcing from node "demo-worker2" with protocol "bgp"')).toBeUndefined();
    expect(event('IPAllocated', 'Assigned IP ["172.18.255.240"]')).toBeUndefined();
  });
});

function status(name: string, service: string, node: string | undefined): KubernetesObject {
  const [namespace = '', own = ''] = service.split('/');
  return {
    apiVersion: 'metallb.io/v1beta1',
    kind: 'ServiceL2Status',
    metadata: {
      name,
      labels: { 'metallb.io/service-namespace': namespace, 'metallb.io/service-name': own },
    },
    ...(node === undefined ? {} : { status: { node, serviceName: own, serviceNamespace: namespace } }),
  };
}

/** A cluster that serves the kind, or does not, and tells these events of it, each when asked to go on. */
function cluster(events: readonly WatchEvent[], { served = true } = {}) {
  const asked: unknown[] = [];
  return {
    asked,
    isServed: () => Promise.resolve(served),
    async *watch(resource: unknown, selection: unknown) {
      asked.push(resource, selection);
      yield* events;
      await Promise.resolve();
    },
  };
}

const added = (object: KubernetesObject): WatchEvent => ({ type: 'ADDED', object, at: 0 });

describe('followStatus', () => {
  it('knows the nodes of each Service', async () => {
    const client = cluster([
      added(status('l2-a', 'demo/web', 'demo-worker')),
      added(status('l2-b', 'demo/other', 'demo-worker2')),
      added(status('l2-c', 'demo/web', 'demo-worker2')),
      // Made, and not yet written.
      added(status('l2-d', 'demo/web', undefined)),
      { type: 'DELETED', object: status('l2-a', 'demo/web', 'demo-worker'), at: 1 },
    ]);
    const follower = await metallbAnnouncing.followStatus(client, signal);
    await new Promise(setImmediate);
    expect(client.asked).toEqual([
      { apiVersion: 'metallb.io/v1beta1', kind: 'ServiceL2Status' },
      { namespace: 'metallb-system', signal },
    ]);
    expect(follower?.nodesOf({ namespace: 'demo', name: 'web' })).toEqual(['demo-worker2']);
    expect(follower?.nodesOf({ namespace: 'demo', name: 'other' })).toEqual(['demo-worker2']);
    expect(follower?.nodesOf({ namespace: 'other', name: 'web' })).toEqual([]);
  });

  it('tells of two objects that name different nodes', async () => {
    const client = cluster([
      added(status('l2-a', 'demo/web', 'demo-worker2')),
      added(status('l2-b', 'demo/web', 'demo-worker')),
    ]);
    const follower = await metallbAnnouncing.followStatus(client, signal);
    await new Promise(setImmediate);
    expect(follower?.nodesOf({ namespace: 'demo', name: 'web' })).toEqual(['demo-worker', 'demo-worker2']);
  });

  it('is nothing in a version that has no such objects', async () => {
    expect(await metallbAnnouncing.followStatus(cluster([], { served: false }), signal)).toBeUndefined();
  });

  it('does not take a watch that failed for nobody', async () => {
    const follower = await metallbAnnouncing.followStatus(
      {
        isServed: () => Promise.resolve(true),
        // oxlint-disable-next-line require-yield -- it fails before
        async *watch() {
          throw new Error('forbidden');
        },
      },
      signal,
    );
    await new Promise(setImmediate);
    expect(() => follower?.nodesOf({ namespace: 'demo', name: 'web' })).toThrow('forbidden');
  });
});

describe('announcedIn', () => {
  it('has the series that are set, of layer 2', () => {
    const text = [
      '# TYPE metallb_speaker_announced gauge',
      'metallb_speaker_announced{ip="172.18.255.240",node="demo-worker",protocol="layer2",service="demo/web"} 1',
      'metallb_speaker_announced{ip="fd00:0:0::fff0",node="demo-worker",protocol="layer2",service="demo/web"} 1',
      'metallb_speaker_announced{ip="172.18.255.241",node="demo-worker",protocol="layer2",service="demo/gone"} 0',
      'metallb_speaker_announced{ip="172.18.255.240",node="demo-worker",protocol="bgp",service="demo/web"} 1',
    ].join('\n');
    expect(announcedIn(text)).toEqual([
      { service: 'demo/web', address: '172.18.255.240', node: 'demo-worker' },
      { service: 'demo/web', address: 'fd00::fff0', node: 'demo-worker' },
    ]);
  });
});
