import { describe, expect, it } from 'vitest';

import type { KubernetesObject, ObjectRef } from '../kubernetes/objects.ts';
import { deletedBgpPod } from './deleted-bgp-pod.ts';
import { fakePlace } from './fake-place.ts';

const { signal } = new AbortController();
const FAULT = { name: 'bgp-pod-deleted', node: 'demo-worker' } as const;

const POD: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'speaker-x', namespace: 'system' },
  spec: { nodeName: 'demo-worker' },
  status: {
    phase: 'Running',
    containerStatuses: ['speaker', 'frr'].map((name) => ({
      name,
      ready: true,
      restartCount: 0,
      containerID: `containerd://${name}-1`,
    })),
  },
};

/** A node with these pods, and what its runtime tells, one answer after the other. */
function node(pods: KubernetesObject[], tasks: string[]) {
  const deleted: string[] = [];
  const selected: unknown[] = [];
  const { place } = fakePlace((command) => {
    if (command.startsWith('ps')) return 'running';
    return `TASK PID STATUS\n${tasks.shift() ?? ''}`;
  });
  const client = {
    ...place.client,
    list: (_resource: unknown, { labelSelector, fieldSelector }: Record<string, unknown>) => {
      selected.push({ labelSelector, fieldSelector });
      return Promise.resolve({ items: pods, resourceVersion: '1' });
    },
    delete: (ref: ObjectRef, { gracePeriodSeconds }: { gracePeriodSeconds?: number } = {}) => {
      deleted.push(`${ref.name} ${gracePeriodSeconds}`);
      return Promise.resolve();
    },
  };
  return { place: { ...place, client }, deleted, selected };
}

describe('bgp-pod-deleted', () => {
  it('deletes the pod without grace, and has its effect when none of its containers runs', async () => {
    const one = node([POD], ['frr-1 7 RUNNING\nspeaker-1 8 RUNNING', 'frr-1 7 RUNNING', '']);
    const prepared = await deletedBgpPod(one.place, FAULT).prepare(signal);
    expect(one.selected).toEqual([
      { labelSelector: 'component=speaker', fieldSelector: 'spec.nodeName=demo-worker' },
    ]);
    await prepared.make(signal);
    expect(one.deleted).toEqual(['speaker-x 0']);
    expect(await prepared.effect(signal)).toBe('the 2 containers of speaker-x on demo-worker have ended');
  });

  it('has recovered when FRR runs in a pod there', async () => {
    const one = node([POD], ['', 'frr-1 9 RUNNING']);
    expect(await deletedBgpPod(one.place, FAULT).recovered(signal)).toBe(
      'speaker-x is ready, 3 speakers list each other',
    );
  });

  it('needs a pod of it on the node, and something that speaks BGP at all', async () => {
    const { place } = node([], []);
    await expect(deletedBgpPod(place, FAULT).prepare(signal)).rejects.toThrow(
      'no pod with frr runs on demo-worker',
    );
    expect(() => deletedBgpPod({ ...place, bgp: undefined }, FAULT)).toThrow(
      'nothing of the implementation speaks BGP on the nodes',
    );
  });
});
