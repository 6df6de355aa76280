import pMap from 'p-map';
import { z } from 'zod';

import { converge } from '../../base/converge.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { ApplyOptions, KubernetesClient } from './client.ts';
import { describeRef, readAs, refOf, type KubernetesObject } from './objects.ts';
import { waitFor, type Answer } from './waiting.ts';

export interface ApplyAllOptions extends ApplyOptions {
  /** How many calls at once. */
  concurrency?: number;
}

type Client = Pick<KubernetesClient, 'apply' | 'follow' | 'list'>;

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
 * @throws the one failure, or HarnessError `DUALVIP_APPLY_FAILED` that lists several; none is under way then.
 */
export async function applyAll(
  client: Client,
  objects: readonly KubernetesObject[],
  options: ApplyAllOptions = {},
): Promise<KubernetesObject[]> {
  const { concurrency = 8, ...applyOptions } = options;
  const results = new Map<KubernetesObject, KubernetesObject>();
  const applyThese = (
    some: readonly KubernetesObject[],
    after?: (result: KubernetesObject) => Promise<void>,
  ) =>
    inParallel(some, { concurrency, signal: options.signal }, async (object) => {
      const result = await client.apply(object, applyOptions);
      results.set(object, result);
      await after?.(result);
    });
  const { first = [], rest = [] } = Object.groupBy(objects, (object) =>
    isCrd(object) || (object.apiVersion === 'v1' && object.kind === 'Namespace') ? 'first' : 'rest',
  );
  await applyThese(first, async (result) => {
    if (isCrd(result) && !options.dryRun) await crdUsable(client, result, options.signal);
  });
  await applyThese(rest);
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
      client.list({ apiVersion: `${spec.group}/${version.name}`, kind: spec.names.kind }, { signal: bound }),
    until: () => true,
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

/** Runs all to their ends, whatever fails: nothing goes on in the background after the error. */
async function inParallel(
  objects: readonly KubernetesObject[],
  options: { concurrency: number; signal: AbortSignal | undefined },
  work: (object: KubernetesObject) => Promise<void>,
): Promise<void> {
  try {
    await pMap(objects, work, { ...options, stopOnError: false });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof AggregateError)) throw error;
    if (error.errors.length === 1) throw error.errors[0];
    throw new HarnessError(
      'DUALVIP_APPLY_FAILED',
      `${error.errors.length} of ${objects.length} objects were not applied:\n${error.errors.map(messageOf).join('\n')}`,
      { cause: error },
    );
  }
}
