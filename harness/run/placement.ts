import { z } from 'zod';

import { HarnessError } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import {
  podSchema,
  readAs,
  type KubernetesObject,
  type ObjectRef,
} from '../../clusters/kubernetes/objects.ts';
import { rolloutComplete } from '../../clusters/kubernetes/rollout.ts';
import { waitFor, waitForAll, type Answer } from '../../clusters/kubernetes/waiting.ts';
import { SHARED_BACKEND } from '../scenario/service-check.ts';
import type { FaultStep, PlaceStep } from '../scenario/schema.ts';
import { targetNode } from './fault-target.ts';
import type { Session } from './session.ts';

const deploymentSchema = z.looseObject({
  spec: z.looseObject({
    replicas: z.number().default(1),
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()) }),
  }),
});

const sliceSchema = z.looseObject({
  endpoints: z
    .array(
      z.looseObject({
        nodeName: z.string().nullish(),
        conditions: z.looseObject({ ready: z.boolean().nullish() }).default({}),
      }),
    )
    .nullish(),
});

/** Which nodes may have the pods. */
interface Where {
  operator: 'In' | 'NotIn';
  node: string;
}

/** So often the backends follow an announcer that moves before the fault is made. */
const MOVES = 2;

/** All pods in the new place are started together, and the old ones go when those serve. */
const ALL_AT_ONCE = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } };

/** Where the backends of one scenario are: faults are to meet the announcing of a VIP, and not what is behind it. */
export class Placement {
  readonly #session: Session;
  #moved = false;
  /** What was placed last relative to a Service's announcer, and which node was meant by that. */
  #placed: { step: PlaceStep; node: string } | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Resolves when all pods are where they are to be, and no endpoint of the Service is elsewhere. */
  async place({ deployment, on, awayFrom, service }: PlaceStep, signal: AbortSignal): Promise<void> {
    const session = this.#session;
    const target = on ?? awayFrom;
    if (target === undefined) return;
    const { name: node } = await targetNode({ session, target, service, signal });
    this.#placed = service === undefined ? undefined : { step: { deployment, on, awayFrom, service }, node };
    const where: Where = { operator: on === undefined ? 'NotIn' : 'In', node };
    this.#moved ||= deployment === SHARED_BACKEND;
    await this.#roll(deployment, affinityOf(where), where, signal);
    if (service !== undefined) await this.#endpointsAre(service, where, signal);
  }

  /**
   * Right before a fault: an announcer may have moved since, and the backends are to be where that step has said.
   * @throws HarnessError `DUALVIP_FAULT_TARGET` where it moves again and again
   */
  async follow({ service, families }: FaultStep, signal: AbortSignal): Promise<void> {
    const session = this.#session;
    for (let attempt = 0; attempt <= MOVES; attempt += 1) {
      const placed = this.#placed;
      const target = placed?.step.on ?? placed?.step.awayFrom;
      if (!placed || target === undefined || placed.step.service !== service) return;
      const { name } = await targetNode({ session, target, service, families, signal });
      if (name === placed.node) return;
      await this.place(placed.step, signal);
    }
    throw new HarnessError(
      'DUALVIP_FAULT_TARGET',
      `the announcer of "${service}" does not stay where it is`,
      {
        hint: `The backends have followed it ${MOVES} times.`,
      },
    );
  }

  /** The shared backend is as the next scenario expects it; a scenario's own goes with it. */
  async restore(signal: AbortSignal): Promise<void> {
    if (!this.#moved) return;
    await this.#roll(SHARED_BACKEND, null, undefined, signal);
    this.#moved = false;
  }

  async #roll(
    deployment: string,
    affinity: object | null,
    where: Where | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { cluster, namespace } = this.#session;
    const { client } = cluster;
    const ref: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment, namespace };
    const spec = { strategy: ALL_AT_ONCE, template: { spec: { affinity } } };
    await client.patch(ref, { spec }, { type: 'merge', signal });
    const what = `the pods of ${deployment} to be ${where ? describe(where) : 'anywhere'}`;
    const bounds = {
      what,
      timeoutMs: timeoutMs('backendReady'),
      signal,
      hint: 'Is there another node that takes pods? `dualvip up --workers 2` makes two.',
    };
    await waitFor(client, { ...bounds, ref, until: rolloutComplete });
    const { replicas, selector } = readAs(deploymentSchema, await client.get(ref, { signal })).spec;
    const labels = Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${value}`);
    // A pod that is terminating still answers.
    await waitForAll(client, {
      ...bounds,
      resource: { apiVersion: 'v1', kind: 'Pod' },
      namespace,
      labelSelector: labels.join(','),
      until: (pods) => podsAre(pods, replicas, where),
    });
  }

  async #endpointsAre(service: string, where: Where, signal: AbortSignal): Promise<void> {
    const { cluster, namespace } = this.#session;
    await waitForAll(cluster.client, {
      what: `the endpoints of ${service} to be ${describe(where)}`,
      timeoutMs: timeoutMs('backendReady'),
      signal,
      resource: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
      namespace,
      labelSelector: `kubernetes.io/service-name=${service}`,
      until: (slices) => endpointsAre(slices, where),
    });
  }
}

function describe({ operator, node }: Where): string {
  return operator === 'In' ? `on ${node}` : `away from ${node}`;
}

function fits({ operator, node }: Where, name: string | null | undefined): boolean {
  return (name === node) === (operator === 'In');
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#node-affinity */
function affinityOf({ operator, node }: Where): object {
  const matchExpressions = [{ key: 'kubernetes.io/hostname', operator, values: [node] }];
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    },
  };
}

/** True, or which pods are elsewhere. */
export function podsAre(
  pods: readonly KubernetesObject[],
  replicas: number,
  where: Where | undefined,
): Answer {
  const nodes = pods.map((pod) => readAs(podSchema, pod).spec.nodeName);
  const elsewhere = where ? nodes.filter((name) => !fits(where, name)) : [];
  if (pods.length === replicas && elsewhere.length === 0) return true;
  return `${pods.length} of ${replicas} pods, ${elsewhere.length} of them elsewhere`;
}

/** True, or how many endpoints are elsewhere or not ready. Every family has a slice of its own. */
export function endpointsAre(slices: readonly KubernetesObject[], where: Where): Answer {
  const endpoints = slices.map((slice) => readAs(sliceSchema, slice).endpoints ?? []);
  const wrong = endpoints
    .flat()
    .filter(({ nodeName, conditions }) => !fits(where, nodeName) || conditions.ready === false);
  const empty = endpoints.filter(({ length }) => length === 0).length;
  if (slices.length > 0 && empty === 0 && wrong.length === 0) return true;
  return `${wrong.length} endpoints are elsewhere or not ready, ${empty} of ${slices.length} slices are empty`;
}
