import { expect, it } from 'vitest';

import type { KubernetesObject } from '../kubernetes/objects.ts';
import { whenEnded } from './ended-containers.ts';
import { fakePlace } from './fake-place.ts';

function pod(nodeName: string | undefined, ...ids: string[]): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'speaker' },
    spec: { nodeName },
    status: {
      phase: 'Running',
      containerStatuses: ids.map((id) => ({
        name: id,
        ready: true,
        restartCount: 0,
        containerID: `containerd://${id}`,
      })),
    },
  };
}

const tasks = (...lines: string[]) => ['TASK PID STATUS', ...lines].join('\n');

it('waits until the runtime of each node has none of the containers any more', async () => {
  const answers = [
    tasks('aaa 11 RUNNING', 'bbb 12 RUNNING', 'other 13 RUNNING'),
    tasks('bbb 12 RUNNING', 'other 13 RUNNING'),
    tasks('bbb 12 STOPPED', 'other 13 RUNNING'),
  ];
  const { place, asked } = fakePlace((command) => (command.startsWith('ps') ? 'running' : answers.shift()));
  const { signal } = new AbortController();
  const pods = [pod('demo-worker', 'aaa', 'bbb'), pod(undefined)];
  expect(await whenEnded(place, pods, { what: 'the speaker', signal })).toBe(2);
  expect(asked.filter((one) => one.startsWith('exec'))).toHaveLength(3);
  expect(asked[1]).toBe('exec demo-worker sh -c ctr --namespace k8s.io tasks ls sh');
});

it('asks no node that does not run', async () => {
  const { place, asked } = fakePlace(() => 'exited');
  const { signal } = new AbortController();
  await whenEnded(place, [pod('demo-worker', 'aaa')], { what: 'the speaker', signal });
  expect(asked.every((one) => one.startsWith('ps'))).toBe(true);
});
