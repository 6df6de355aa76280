import { z } from 'zod';

import { HarnessError } from '../../base/errors.ts';
import { describeRef, readAs, refOf, type KubernetesObject } from './objects.ts';
import type { Answer } from './waiting.ts';

const count = z.number().default(0);

const deploymentSchema = z.looseObject({
  spec: z.looseObject({ replicas: z.number().default(1) }),
  status: z.looseObject({
    replicas: count,
    updatedReplicas: count,
    availableReplicas: count,
    conditions: z
      .array(
        z.looseObject({ type: z.string(), reason: z.string().optional(), message: z.string().optional() }),
      )
      .default([]),
  }),
});

const daemonSetSchema = z.looseObject({
  status: z.looseObject({ desiredNumberScheduled: count, updatedNumberScheduled: count, numberReady: count }),
});

const observedSchema = z.looseObject({
  metadata: z.looseObject({ generation: count }),
  status: z.looseObject({ observedGeneration: count }).default({ observedGeneration: 0 }),
});

/**
 * True when a Deployment or DaemonSet runs its latest template everywhere and nothing else, by the rules of
 * `kubectl rollout status`; else what is missing, in words.
 */
export function rolloutComplete(object: KubernetesObject | undefined): Answer {
  if (object === undefined) return 'it does not exist';
  const { metadata, status } = readAs(observedSchema, object);
  if (status.observedGeneration < metadata.generation) return 'its controller has not seen the latest spec';
  switch (object.kind) {
    case 'Deployment':
      return deploymentComplete(object);
    case 'DaemonSet':
      return daemonSetComplete(object);
    default:
      throw new HarnessError('DUALVIP_ROLLOUT_KIND', `${describeRef(refOf(object))} does not roll out`, {
        hint: 'Only Deployments and DaemonSets do.',
      });
  }
}

function deploymentComplete(object: KubernetesObject): Answer {
  const { spec, status } = readAs(deploymentSchema, object);
  const stuck = status.conditions.find(({ reason }) => reason === 'ProgressDeadlineExceeded');
  const because = stuck?.message === undefined ? '' : ` (${stuck.message})`;
  if (status.updatedReplicas < spec.replicas) {
    return `${status.updatedReplicas} of ${spec.replicas} replicas are updated${because}`;
  }
  if (status.replicas > status.updatedReplicas) {
    return `${status.replicas - status.updatedReplicas} old replicas are still there${because}`;
  }
  if (status.availableReplicas < status.updatedReplicas) {
    return `${status.availableReplicas} of ${status.updatedReplicas} replicas are available${because}`;
  }
  return true;
}

function daemonSetComplete(object: KubernetesObject): Answer {
  const {
    desiredNumberScheduled: desired,
    updatedNumberScheduled: updated,
    numberReady: ready,
  } = readAs(daemonSetSchema, object).status;
  if (updated < desired) return `${updated} of ${desired} pods are updated`;
  if (ready < desired) return `${ready} of ${desired} pods are ready`;
  return true;
}
