import semver from 'semver';
import { z } from 'zod';

import { objectSchema, readAs, type KubernetesObject } from '../../kubernetes/objects.ts';
import type { ImplementationFacts, Place } from '../facts.ts';
import { METALLB_NAMESPACE } from './pools.ts';

const workloadSchema = objectSchema.extend({
  spec: z.looseObject({
    replicas: z.number().optional(),
    template: z.looseObject({
      spec: z.looseObject({
        containers: z.array(
          z.looseObject({
            name: z.string(),
            image: z.string().default(''),
            args: z.array(z.string()).default([]),
            env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
          }),
        ),
      }),
    }),
  }),
  status: z.looseObject({ readyReplicas: z.number().default(0) }).default({ readyReplicas: 0 }),
});

/** The container of the component itself: in FRR mode it has others beside it. */
function containerOf(workload: KubernetesObject | undefined) {
  if (!workload) return undefined;
  const { containers } = readAs(workloadSchema, workload).spec.template.spec;
  return containers.find(({ name }) => /controller|speaker/.test(name)) ?? containers[0];
}

/**
 * Of an image's tag, as in `quay.io/metallb/controller:v0.15.2`. A build of the user's own counts as the release that
 * it is nearest to, which `v0.16.1-own-9c4630953b5b` would be before, as semver has it.
 */
export function versionOf(controller: KubernetesObject | undefined): string | undefined {
  const tag = containerOf(controller)?.image.split('@')[0]?.split(':').at(-1) ?? '';
  return semver.valid(tag.replace(/-own-[0-9a-f]+$/, '')) ?? undefined;
}

/** The value of a flag of Go's flag package: `--name=value`, `--name value`, or `--name` for a Boolean one. */
export function flagOf(workload: KubernetesObject | undefined, name: string): string | undefined {
  const args = containerOf(workload)?.args ?? [];
  for (const [index, arg] of args.entries()) {
    const [, key, value] = /^--?([^=]+)(?:=(.*))?$/.exec(arg) ?? [];
    if (key !== name) continue;
    const next = args[index + 1];
    return (value ?? (next === undefined || next.startsWith('-') ? 'true' : next)) || undefined;
  }
  return undefined;
}

/** The manifests and the Helm chart of each mode tell the speakers by a variable; native ones need not be told. */
export function modeOf(speaker: KubernetesObject | undefined): string | undefined {
  if (!speaker) return undefined;
  const told = containerOf(speaker)?.env.find(({ name }) => name === 'METALLB_BGP_TYPE')?.value;
  return told || 'native';
}

/** Where a controller is that neither has the namespace nor the label of upstream's manifests. */
export function placeOf(controller: KubernetesObject | undefined): Place | undefined {
  if (!controller) return undefined;
  const { namespace = METALLB_NAMESPACE, labels } = controller.metadata;
  const isLabelled = labels?.['component'] === 'controller';
  if (namespace === METALLB_NAMESPACE && isLabelled) return undefined;
  const labelSelector = isLabelled
    ? 'component=controller'
    : 'app.kubernetes.io/name=metallb,app.kubernetes.io/component=controller';
  return { namespace, labelSelector };
}

/** What a controller does is read in its log. */
export function unfollowedBecause(controller: KubernetesObject | undefined): string | undefined {
  if (!controller)
    return 'MetalLB has no controller that carries the labels of its manifests or its Helm chart';
  const level = flagOf(controller, 'log-level');
  if (level !== undefined && !['all', 'debug', 'info'].includes(level)) {
    return `MetalLB's controller has --log-level=${level}, and tells only at info when it has taken a pool in`;
  }
  return undefined;
}

export function controllerFacts(
  controller: KubernetesObject | undefined,
  namespace: string,
): ImplementationFacts['controller'] {
  if (!controller) {
    const log = `kubectl --namespace ${namespace} logs --selector component=controller`;
    return { ready: false, detail: 'there is no Deployment of it', log };
  }
  const { metadata, spec, status } = readAs(workloadSchema, controller);
  return {
    ready: status.readyReplicas > 0,
    detail: `${status.readyReplicas} of ${spec.replicas ?? 1} replicas are ready`,
    log: `kubectl --namespace ${namespace} logs deployment/${metadata.name}`,
  };
}
