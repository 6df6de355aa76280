import { z } from 'zod';

import { converge } from '../../base/converge.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { runBatch } from './batch.ts';
import type { ApplyOptions } from './call-options.ts';
import type { KubernetesClient } from './client.ts';
import { describeRef, readAs, refOf, type KubernetesObject } from './objects.ts';
import { waitFor, type Answer } from './waiting.ts';

export interface ApplyAllOptions extends ApplyOptions {
  /** How many calls at once. */
  concurrency?: number;
}

type Client = Pick<KubernetesClient, 'apply' | 'follow' | 'isServed'>;

const crdSchema = z.looseObject({
  spec: z.looseObject({
    group: z.string(),
    names: z.looseObject({ kind: z.string() }),
    versions: z.array(z.looseObject({ name: z.string(), served: z.boolean() })),
  }),
  status: z
    .looseObject({
      // null until the API server has looked at the definition.
      conditions: z
        .array(z.looseObject({ type: z.string(), status: z.string(), message: z.string().optional() }))
        .nullish(),
    })
    .default({}),
});

/**
 * Applies namespaces and CRDs first, waits until the CRDs' kinds can be used, then applies the rest at once:
 * Kubernetes sorts out by itself who waits for whom among those.
 * @returns what the API stored, in the order of `objects`.
 * @throws the one failure, or HarnessError `DUALVIP_BATCH_FAILED` that lists several; none is under way then.
 */
export async function applyAll(
  client: Client,
  objects: readonly KubernetesObject[],
  options: ApplyAllOptions = {},
): Promise<KubernetesObject[]> {
  const { concurrency = 8, ...applyOptions } = options;
  const results = new Map<KubernetesObject, KubernetesObject>();
  const batch = { concurrency, signal: options.signal, done: 'applied' } as const;
  const { first = [], rest = [] } = Object.groupBy(objects, (object) =>
    isCrd(object) || (object.apiVersion === 'v1' && object.kind === 'Namespace') ? 'first' : 'rest',
  );
  await runBatch(first, batch, async (object) => {
    results.set(object, await client.apply(object, applyOptions));
    if (isCrd(object) && !options.dryRun) await crdUsable(client, object, options.signal);
  });
  await runBatch(rest, batch, async (object) => {
    results.set(object, await client.apply(object, applyOptions));
  });
  return objects.map((object) => results.get(object) ?? object);
}

function isCrd({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === 'CustomResourceDefinition' && apiVersion.startsWith('apiextensions.k8s.io/');
}

async function crdUsable(
  client: Client,
  crd: KubernetesObject,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ref = refOf(crd);
  await waitFor(client, {
    ref,
    until: crdEstablished,
    what: `${describeRef(ref)} to be Established`,
    timeoutMs: timeoutMs('api'),
    signal,
  });
  // Discovery is told by a controller of its own, a moment after the condition, and cannot be watched.
  const { spec } = readAs(crdSchema, crd);
  const version = spec.versions.find(({ served }) => served);
  if (version === undefined) return;
  await converge({
    what: `kind ${spec.names.kind} of ${describeRef(ref)} to be served`,
    observe: (bound) =>
      client.isServed(
        { apiVersion: `${spec.group}/${version.name}`, kind: spec.names.kind },
        { signal: bound },
      ),
    until: (served) => served,
    timeoutMs: timeoutMs('api'),
    signal,
  });
}

function crdEstablished(object: KubernetesObject | undefined): Answer {
  if (object === undefined) return 'it does not exist';
  const conditions = readAs(crdSchema, object).status.conditions ?? [];
  if (conditions.some(({ type, status }) => type === 'Established' && status === 'True')) return true;
  const refused = conditions.find(({ status }) => status === 'False');
  return refused === undefined
    ? 'it has no conditions yet'
    : `${refused.type} is False: ${refused.message ?? ''}`;
}
