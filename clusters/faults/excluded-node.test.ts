import { describe, expect, it } from 'vitest';

import type { KubernetesObject } from '../kubernetes/objects.ts';
import { labelledNode, taintedNode } from './excluded-node.ts';
import { fakePlace } from './fake-place.ts';

const signal = new AbortController().signal;
const OURS = { key: 'dualvip.dev/fault', value: 'excluded', effect: 'NoExecute' };
const ANOTHER = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };

/** A node of the API, which refuses as many writes as it is told, as when somebody else was first. */
function apiWith({
  taints = [],
  labels = {},
  conflicts = 0,
}: {
  taints?: object[];
  labels?: object;
  conflicts?: number;
}) {
  const patches: unknown[] = [];
  let refused = conflicts;
  const node = (): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'demo-worker', resourceVersion: String(patches.length), labels: { ...labels } },
    spec: { taints },
  });
  const { place } = fakePlace(() => undefined);
  const client = {
    ...place.client,
    get: () => Promise.resolve(node()),
    list: () => Promise.resolve({ items: [], resourceVersion: '1' }),
    patch: (_ref: unknown, body: unknown) => {
      refused -= 1;
      if (refused >= 0) return Promise.reject(new Error('the object has been modified'));
      patches.push(body);
      return Promise.resolve(node());
    },
  };
  return { place: { ...place, client }, patches };
}

describe('taintedNode', () => {
  const fault = { name: 'node-tainted', node: 'demo-worker' } as const;

  it('adds its taint to those that are there, where nobody else has written meanwhile', async () => {
    const { place, patches } = apiWith({ taints: [ANOTHER], conflicts: 1 });
    await (await taintedNode(place, fault).prepare(signal)).make(signal);
    expect(patches).toEqual([{ metadata: { resourceVersion: '0' }, spec: { taints: [ANOTHER, OURS] } }]);
  });

  it('takes away its own alone, and nothing where there is none', async () => {
    const tainted = apiWith({ taints: [ANOTHER, OURS] });
    await taintedNode(tainted.place, fault).undo(signal);
    expect(tainted.patches).toEqual([{ metadata: { resourceVersion: '0' }, spec: { taints: [ANOTHER] } }]);
    const clean = apiWith({ taints: [ANOTHER] });
    await taintedNode(clean.place, fault).undo(signal);
    expect(clean.patches).toEqual([]);
  });

  it('is not made where the taint is there already, as healing would take it away', async () => {
    const { place } = apiWith({ taints: [OURS] });
    await expect(taintedNode(place, fault).prepare(signal)).rejects.toThrow(
      'demo-worker has the taint dualvip.dev/fault already',
    );
  });
});

describe('labelledNode', () => {
  const fault = { name: 'node-labelled', node: 'demo-worker' } as const;
  const label = 'node.kubernetes.io/exclude-from-external-load-balancers';

  it('sets the label, and takes it away', async () => {
    const { place, patches } = apiWith({});
    await (await labelledNode(place, fault).prepare(signal)).make(signal);
    await labelledNode(place, fault).undo(signal);
    expect(patches).toEqual([
      { metadata: { labels: { [label]: '' } } },
      { metadata: { labels: { [label]: null } } },
    ]);
  });

  it('is not made where somebody else has set it, as kind does on control planes', async () => {
    const { place } = apiWith({ labels: { [label]: '' } });
    await expect(labelledNode(place, fault).prepare(signal)).rejects.toThrow(
      `demo-worker has the label ${label} already`,
    );
  });
});
