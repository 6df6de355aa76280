import { z } from 'zod';

import { converge } from '../../base/converge.ts';
import { HarnessError } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { Component } from '../implementations/implementation.ts';
import { podSchema, readAs, refOf, type KubernetesObject } from '../kubernetes/objects.ts';
import type { Fault, FaultPlace, PlacedFault, PreparedFault } from './fault.ts';
import { inNode, nodeOf } from './node-container.ts';
import { parseTasks, speakersServe } from './recovery.ts';

const containerSchema = z.looseObject({
  name: z.string(),
  ready: z.boolean(),
  containerID: z.string().optional(),
  state: z.looseObject({ waiting: z.looseObject({ reason: z.string().optional() }).optional() }).default({}),
});
const statusesSchema = z.looseObject({
  status: z.looseObject({ containerStatuses: z.array(containerSchema).default([]) }),
});

/** Sends a signal to the speaker's process on a node. The kubelet starts another one, in the same pod. */
export function killedSpeaker(place: FaultPlace, fault: PlacedFault): Fault {
  const node = nodeOf(fault);
  const { speakers } = place;
  if (!speakers) {
    throw new HarnessError('DUALVIP_FAULT_TARGET', 'the implementation has no speakers');
  }
  return {
    prepare: (signal) => prepareKill(place, { component: speakers, node, fault, signal }),
    undo: (signal) => endBackOff(place, { component: speakers, node, signal }),
    async recovered(signal) {
      const name = await componentRuns(place, { component: speakers, node, signal });
      return [`${name} is ready`, await speakersServe(place, signal)].join(', ');
    },
  };
}

/** The same for the allocator's process. What it has assigned stays, and so do the VIPs. */
export function killedController(place: FaultPlace, fault: PlacedFault): Fault {
  const { controller } = place;
  return {
    prepare: (signal) => prepareKill(place, { component: controller, fault, signal }),
    undo: (signal) => endBackOff(place, { component: controller, signal }),
    async recovered(signal) {
      const name = await componentRuns(place, { component: controller, signal });
      await place.controllerServes(signal);
      return `${name} serves`;
    },
  };
}

export interface Selected {
  component: Component;
  /** The node of its pod, where there is one on each. */
  node?: string;
  signal: AbortSignal;
}

async function prepareKill(
  place: FaultPlace,
  { fault, ...selected }: Selected & { fault: PlacedFault },
): Promise<PreparedFault> {
  const { component, signal } = selected;
  const [pod] = await podsOf(place, selected);
  const id = pod && containerOf(pod, component)?.containerID?.replace('containerd://', '');
  const node = pod && readAs(podSchema, pod).spec.nodeName;
  if (id === undefined || node === undefined) {
    const where = selected.node === undefined ? '' : ` on ${selected.node}`;
    throw new HarnessError('DUALVIP_FAULT_TARGET', `no ${component.container} runs${where}`);
  }
  const tasks = parseTasks(await inNode(place, { node, script: 'ctr --namespace k8s.io tasks ls', signal }));
  const pid = tasks.find((task) => task.id === id)?.pid;
  if (pid === undefined) {
    throw new HarnessError('DUALVIP_FAULT_TARGET', `${node} has no process of ${component.container}`);
  }
  const name = `SIG${fault.signal ?? 'TERM'}`;
  return {
    async make(stop) {
      // One that has ended already has not to be ended again.
      const script = 'ctr --namespace k8s.io tasks kill --signal "$1" "$2" || ! test -d "/proc/$3"';
      await inNode(place, { node, script, args: [name, id, String(pid)], signal: stop });
    },
    async effect(stop) {
      await converge({
        what: `process ${pid} of ${component.container} to end`,
        observe: (attempt) =>
          inNode(place, {
            node,
            script: 'test -d "/proc/$1" && echo running || echo ended',
            args: [String(pid)],
            signal: attempt,
          }),
        until: (state) => state === 'ended',
        timeoutMs: timeoutMs('faultEffect'),
        intervalMs: 20,
        signal: stop,
      });
      return `process ${pid} of ${component.container} on ${node} has ended by ${name}`;
    },
  };
}

export async function podsOf(
  { client }: FaultPlace,
  { component, node, signal }: Selected,
): Promise<KubernetesObject[]> {
  const { namespace, labelSelector } = component;
  const fieldSelector = node === undefined ? undefined : `spec.nodeName=${node}`;
  const { items } = await client.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { namespace, labelSelector, fieldSelector, signal },
  );
  return items.filter(({ metadata }) => !metadata.deletionTimestamp);
}

function containerOf(pod: KubernetesObject, { container }: Component) {
  return readAs(statusesSchema, pod).status.containerStatuses.find(({ name }) => name === container);
}

/** After several kills the kubelet waits for minutes before it starts the container again; a new pod starts at once. */
async function endBackOff(place: FaultPlace, selected: Selected): Promise<void> {
  for (const pod of await podsOf(place, selected)) {
    if (containerOf(pod, selected.component)?.state.waiting?.reason !== 'CrashLoopBackOff') continue;
    await place.client.delete(refOf(pod), { gracePeriodSeconds: 0, signal: selected.signal });
  }
}

/** The name of a pod of the component whose container is ready and is the process that runs. */
export async function componentRuns(place: FaultPlace, selected: Selected): Promise<string> {
  const { component, signal } = selected;
  return converge({
    what: `${component.container}${selected.node === undefined ? '' : ` on ${selected.node}`} to run again`,
    observe: async (attempt) => {
      await endBackOff(place, { ...selected, signal: attempt });
      for (const pod of await podsOf(place, { ...selected, signal: attempt })) {
        const status = containerOf(pod, component);
        const node = readAs(podSchema, pod).spec.nodeName;
        if (!status?.ready || node === undefined) continue;
        const text = await inNode(place, {
          node,
          script: 'ctr --namespace k8s.io tasks ls',
          signal: attempt,
        });
        const id = status.containerID?.replace('containerd://', '');
        if (parseTasks(text).some((task) => task.id === id && task.status === 'RUNNING'))
          return pod.metadata.name;
      }
      return '';
    },
    until: (name) => name !== '',
    timeoutMs: timeoutMs('faultHealed'),
    intervalMs: 250,
    signal,
  });
}
