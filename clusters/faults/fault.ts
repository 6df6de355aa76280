import { z } from 'zod';

import { FAMILIES } from '../../base/addresses.ts';
import type { ClusterState } from '../cluster-state.ts';
import type { Docker } from '../docker.ts';
import type { Cluster } from '../cluster.ts';
import type { Component, Implementation } from '../implementations/implementation.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { clusterNodes, type ClusterNode } from '../nodes.ts';

/** Every fault there is, by the name that scenarios use; docs/faults.md tells what each one does. */
export const FAULT_NAMES = [
  'speaker-killed',
  'controller-killed',
  'bgp-pod-deleted',
  'node-paused',
  'node-stopped',
  'kubelet-stopped',
  'link-down',
  'partition',
  'api-unreachable',
  'neighbours-dropped',
  'node-labelled',
  'node-tainted',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/** One fault at one place: all that is needed to make it, and to heal it in another process. */
export const placedFaultSchema = z.object({
  name: z.enum(FAULT_NAMES),
  /** The node's name, which is its container's; a killed controller has none. */
  node: z.string().optional(),
  /** Of `neighbours-dropped`. */
  families: z.array(z.enum(FAMILIES)).optional(),
  /** Of the killed ones. */
  signal: z.enum(['TERM', 'KILL']).optional(),
});
export type PlacedFault = z.infer<typeof placedFaultSchema>;

/** `link-down of dual-worker`, for messages. */
export function describeFault({ name, node, families, signal }: PlacedFault): string {
  const details = [signal && `SIG${signal}`, families?.join(' and ')].filter(Boolean).join(', ');
  return `${name}${details ? ` (${details})` : ''}${node === undefined ? '' : ` of ${node}`}`;
}

/** What the faults work on: one cluster, from outside and by its API. */
export interface FaultPlace {
  docker: Pick<Docker, 'run' | 'lines'>;
  client: Pick<KubernetesClient, 'get' | 'list' | 'patch' | 'delete' | 'follow'>;
  state: Pick<ClusterState, 'name' | 'workers' | 'network' | 'images'>;
  controller: Component;
  /** undefined where nothing announces on the nodes. */
  speakers: Component | undefined;
  /** undefined where nothing speaks BGP on the nodes. */
  bgp: Component | undefined;
  /** The nodes that run now. */
  nodes(): Promise<ClusterNode[]>;
  /** Resolves when the controller serves, not when it is merely Ready. */
  controllerServes(signal: AbortSignal): Promise<void>;
  /** Resolves when every node's speaker knows of every other one. */
  speakersServe(signal: AbortSignal): Promise<void>;
  /**
   * Whether a client on the nodes' link that has forgotten the address resolves it again. Missing where there is
   * no client, as after a crash.
   */
  resolves?: ((address: string, signal: AbortSignal) => Promise<boolean>) | undefined;
}

/** The place that a cluster is, with its implementation. */
export function faultPlace(
  { docker, client, state }: Pick<Cluster, 'docker' | 'client' | 'state'>,
  implementation: Pick<Implementation, 'controller' | 'speakers' | 'bgp' | 'whenServing'>,
  resolves?: FaultPlace['resolves'],
): FaultPlace {
  const { controller, speakers, bgp, whenServing } = implementation;
  const serving = (signal: AbortSignal) => ({
    client,
    nodes: state.workers + 1,
    signal,
    detail: () => {},
  });
  return {
    docker,
    client,
    state,
    controller,
    speakers,
    bgp,
    nodes: () => clusterNodes(docker, state.name, state.network.name),
    controllerServes: (signal) => whenServing(serving(signal)),
    speakersServe: async (signal) => speakers?.whenServing(serving(signal)),
    ...(resolves ? { resolves } : {}),
  };
}

/** A fault that can be made now: what its effect is compared with has been looked at. */
export interface PreparedFault {
  /** Makes it; does nothing where it is made already. */
  make(signal: AbortSignal): Promise<void>;
  /** Resolves when its effect is there, and says how that was seen. @throws HarnessError where it does not come */
  effect(signal: AbortSignal): Promise<string>;
  /** Gives back what making it took. */
  close?(): PromiseLike<void>;
}

/**
 * One fault at one place. To inject it is to prepare, make and see the effect; to heal it is to undo and to see
 * that all is as before. All of it may be done more than once, and undoing in a process that did not make it.
 */
export interface Fault {
  /** Looks and changes nothing. @throws HarnessError where the effect could not be told from what is there */
  prepare(signal: AbortSignal): Promise<PreparedFault>;
  undo(signal: AbortSignal): Promise<void>;
  /** Resolves when everything that it disturbed works again, and says how that was seen. */
  recovered(signal: AbortSignal): Promise<string>;
  /** True where something of it is outside of the nodes, and so would outlive them. */
  outlivesNodes?: boolean;
}
