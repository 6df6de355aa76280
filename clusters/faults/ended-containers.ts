import { z } from 'zod';

import { converge } from '../../base/converge.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { podSchema, readAs, type KubernetesObject } from '../kubernetes/objects.ts';
import type { FaultPlace } from './fault.ts';
import { inNode, isRunning } from './node-container.ts';
import { parseTasks } from './recovery.ts';

const statusesSchema = z.looseObject({
  status: z.looseObject({
    containerStatuses: z.array(z.looseObject({ containerID: z.string().optional() })).default([]),
  }),
});

/** The containers of pods, as the runtime of their nodes knows them: node → ids. */
function containersOf(pods: readonly KubernetesObject[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const pod of pods) {
    const node = readAs(podSchema, pod).spec.nodeName;
    if (node === undefined) continue;
    const ids = readAs(statusesSchema, pod).status.containerStatuses.flatMap(({ containerID }) =>
      containerID === undefined ? [] : [containerID.replace('containerd://', '')],
    );
    found.set(node, [...(found.get(node) ?? []), ...ids]);
  }
  return found;
}

/**
 * Resolves when no process of these pods runs any more, and says how many containers they had. A pod that is deleted
 * without a grace period is gone from the API at once, and its processes go on until the kubelet has ended them.
 */
export async function whenEnded(
  place: Pick<FaultPlace, 'docker'>,
  pods: readonly KubernetesObject[],
  { what, signal }: { what: string; signal: AbortSignal },
): Promise<number> {
  const containers = [...containersOf(pods)];
  await converge({
    what: `the processes of ${what} to end`,
    async observe(attempt) {
      const left = await Promise.all(
        containers.map(async ([node, ids]) => {
          // A node that does not run has no processes.
          if (!(await isRunning(place.docker, node, attempt))) return [];
          const tasks = await inNode(place, {
            node,
            script: 'ctr --namespace k8s.io tasks ls',
            signal: attempt,
          });
          return parseTasks(tasks).filter(({ id, status }) => ids.includes(id) && status !== 'STOPPED');
        }),
      );
      return left.flat().map(({ id, status }) => `${id.slice(0, 12)} ${status}`);
    },
    until: (left) => left.length === 0,
    timeoutMs: timeoutMs('faultEffect'),
    intervalMs: 50,
    signal,
  });
  return containers.flatMap(([, ids]) => ids).length;
}
