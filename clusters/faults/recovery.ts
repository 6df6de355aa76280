import { z } from 'zod';

import { converge } from '../../base/converge.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { podSchema, readAs } from '../kubernetes/objects.ts';
import { waitForNodesReady } from '../kubernetes/waiting.ts';
import type { FaultPlace } from './fault.ts';
import { inNode } from './node-container.ts';

const leaseSchema = z.looseObject({ spec: z.looseObject({ renewTime: z.string().nullish() }) });

/**
 * Resolves when a node works again. The API tells of a node that was away what it knew before, so what counts is
 * what comes now: the kubelet's next word, and that the containers which the API names do run.
 */
export async function nodeRecovered(place: FaultPlace, node: string, signal: AbortSignal): Promise<string> {
  await kubeletSpoke(place, node, signal);
  await waitForNodesReady(place.client, {
    count: place.state.workers + 1,
    timeoutMs: timeoutMs('faultHealed'),
    signal,
  });
  const pods = await podsRun(place, node, signal);
  return [`the kubelet renewed its lease, ${pods} pods run`, await speakersServe(place, signal)]
    .filter(Boolean)
    .join(', ');
}

/** Its lease is renewed every 10 s, and at once when it starts. */
async function kubeletSpoke({ client }: FaultPlace, node: string, signal: AbortSignal): Promise<void> {
  const ref = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    namespace: 'kube-node-lease',
    name: node,
  };
  let first: string | undefined;
  await converge({
    what: `the kubelet of ${node} to renew its lease`,
    observe: async (attempt) => {
      const { renewTime } = readAs(leaseSchema, await client.get(ref, { signal: attempt })).spec;
      first ??= renewTime ?? '';
      return renewTime ?? '';
    },
    until: (renewed) => renewed !== first,
    timeoutMs: timeoutMs('faultHealed'),
    intervalMs: 250,
    signal,
    hint: `Look at the kubelet: docker exec ${node} journalctl --unit kubelet.`,
  });
}

const runningSchema = z.looseObject({
  status: z.looseObject({
    containerStatuses: z
      .array(z.looseObject({ ready: z.boolean(), containerID: z.string().optional() }))
      .default([]),
  }),
});

/** How many pods there are on a node, when all of them are ready and the runtime has their containers. */
async function podsRun(place: FaultPlace, node: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  await converge({
    what: `the pods of ${node} to run`,
    observe: async (attempt) => {
      const [{ items }, tasks] = await Promise.all([
        place.client.list(
          { apiVersion: 'v1', kind: 'Pod' },
          { fieldSelector: `spec.nodeName=${node}`, signal: attempt },
        ),
        runningTasks(place, node, attempt),
      ]);
      const living = items.filter(
        (pod) =>
          !pod.metadata.deletionTimestamp &&
          !['Succeeded', 'Failed'].includes(readAs(podSchema, pod).status.phase ?? ''),
      );
      count = living.length;
      return living
        .filter((pod) => {
          const { containerStatuses } = readAs(runningSchema, pod).status;
          const runs = ({ ready, containerID = '' }: (typeof containerStatuses)[number]) =>
            ready && tasks.has(containerID.replace('containerd://', ''));
          return containerStatuses.length === 0 || !containerStatuses.every(runs);
        })
        .map(({ metadata }) => metadata.name);
    },
    until: (missing) => missing.length === 0,
    timeoutMs: timeoutMs('faultHealed'),
    intervalMs: 500,
    signal,
    hint: 'Look at `kubectl get pods --all-namespaces` with the cluster’s kubeconfig.',
  });
  return count;
}

/** The ids of the containers whose process runs in a node. */
async function runningTasks(place: FaultPlace, node: string, signal: AbortSignal): Promise<Set<string>> {
  const text = await inNode(place, { node, script: 'ctr --namespace k8s.io tasks ls', signal });
  return new Set(parseTasks(text).flatMap(({ id, status }) => (status === 'RUNNING' ? [id] : [])));
}

/** Reads `ctr tasks ls`: a heading, then id, process id and status. */
export function parseTasks(text: string): { id: string; pid: number; status: string }[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([id = '', pid = '', status = '']) => (id === '' ? [] : [{ id, pid: Number(pid), status }]));
}

/** Where something announces on each node, all of them know of each other again. */
export async function speakersServe(place: FaultPlace, signal: AbortSignal): Promise<string> {
  if (!place.speakers) return '';
  await place.speakersServe(signal);
  return `${place.state.workers + 1} speakers list each other`;
}
