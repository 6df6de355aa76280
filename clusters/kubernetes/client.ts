import { z } from 'zod';

import { timeoutMs } from '../../base/timeouts.ts';
import { applyAll, type ApplyAllOptions } from './apply-all.ts';
import { deleteAndWait, type DeleteAndWaitOptions } from './deletion.ts';
import {
  PATCH_TYPES,
  type ApplyOptions,
  type CallOptions,
  type DeleteOptions,
  type LogOptions,
  type PatchOptions,
  type Selection,
  type WriteOptions,
} from './call-options.ts';
import { collectionPath, creationPath, Discovery, objectPath } from './discovery.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import { readLines } from './lines.ts';
import {
  objectSchema,
  readAs,
  refOf,
  type KubernetesObject,
  type ObjectRef,
  type ResourceRef,
} from './objects.ts';
import { ApiTransport, type ApiRequest } from './transport.ts';
import { follow, type FollowOptions, type KubernetesList, type Snapshot, type WatchEvent } from './watch.ts';

const FIELD_MANAGER = 'dualvip';

/** An API server sends a bookmark about once a minute: a watch that is silent for longer has lost its peer. */
const WATCH_IDLE_MS = 150_000;

const listSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  items: z
    .array(z.looseObject({}))
    .nullish()
    .transform((items) => items ?? []),
});

/**
 * The Kubernetes API of one cluster. Objects go out and come in as they are; nothing is dropped or defaulted.
 * Every method rejects with KubernetesApiError (`DUALVIP_API_<REASON>`, `DUALVIP_API_UNREACHABLE`), with
 * HarnessError `DUALVIP_API_UNKNOWN_KIND` or `DUALVIP_OBJECT_NAMESPACE_MISSING`, or with its signal's reason;
 * a call lasts `timeoutMs('api')` at most.
 */
export class KubernetesClient implements AsyncDisposable {
  readonly #transport: ApiTransport;
  readonly #discovery: Discovery;

  constructor(access: ClusterAccess) {
    this.#transport = new ApiTransport(access);
    this.#discovery = new Discovery((path) => this.request({ method: 'GET', path }));
  }

  /** Any call: parsed JSON, text where the answer is none, undefined where it is empty. */
  request(request: ApiRequest): Promise<unknown> {
    return this.#transport.request(request);
  }

  /** Server-side apply: https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
  async apply(object: KubernetesObject, options: ApplyOptions = {}): Promise<KubernetesObject> {
    return this.#write(options, {
      method: 'PATCH',
      path: await this.#pathOf(refOf(object), options.signal),
      query: { force: options.force ?? true },
      // JSON is YAML, and this content type is the one that all supported versions take.
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
  }

  /** Applies in an order that works: see `applyAll` in apply-all.ts. Results are in the order of `objects`. */
  applyAll(objects: readonly KubernetesObject[], options: ApplyAllOptions = {}): Promise<KubernetesObject[]> {
    return applyAll(this, objects, options);
  }

  /** Whether the cluster knows a kind, by discovery. */
  async isServed(resource: ResourceRef, { signal }: CallOptions = {}): Promise<boolean> {
    return (await this.#discovery.find(resource, signal)) !== undefined;
  }

  /** Rejects with `DUALVIP_API_ALREADY_EXISTS` when it is there. */
  async create(object: KubernetesObject, options: WriteOptions = {}): Promise<KubernetesObject> {
    const resource = await this.#discovery.resource(object, options.signal);
    return this.#write(options, {
      method: 'POST',
      path: creationPath(resource, refOf(object)),
      body: object,
    });
  }

  /** `body` is an object for merge and strategic, a list of operations (RFC 6902) for json. */
  async patch(ref: ObjectRef, body: unknown, options: PatchOptions): Promise<KubernetesObject> {
    return this.#write(options, {
      method: 'PATCH',
      path: await this.#pathOf(ref, options.signal),
      contentType: PATCH_TYPES[options.type],
      body,
    });
  }

  /** Rejects with `DUALVIP_API_NOT_FOUND` when it is not there. */
  async get(ref: ObjectRef, { signal }: CallOptions = {}): Promise<KubernetesObject> {
    const path = await this.#pathOf(ref, signal);
    return readAs(objectSchema, await this.request({ method: 'GET', path, signal }));
  }

  async list(resource: ResourceRef, options: Selection & CallOptions = {}): Promise<KubernetesList> {
    const { namespace, labelSelector, fieldSelector, signal } = options;
    const path = collectionPath(await this.#discovery.resource(resource, signal), namespace);
    const answer = await this.request({
      method: 'GET',
      path,
      query: { labelSelector, fieldSelector },
      signal,
    });
    const { items, metadata } = readAs(listSchema, answer);
    return {
      // The items of a list of built-in objects do not carry their own kind.
      items: items.map((item) =>
        readAs(objectSchema, { apiVersion: resource.apiVersion, kind: resource.kind, ...item }),
      ),
      resourceVersion: metadata.resourceVersion,
    };
  }

  /** Asks for the deletion, and resolves with what the API answered: the object, or a Status. */
  async delete(ref: ObjectRef, options: DeleteOptions = {}): Promise<unknown> {
    const { signal, ...rest } = options;
    const path = await this.#pathOf(ref, signal);
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...rest };
    return this.request({ method: 'DELETE', path, body, signal });
  }

  /** Deletes, and resolves once all are gone; those that were not there count as gone. See deletion.ts. */
  deleteAndWait(refs: readonly ObjectRef[], options: DeleteAndWaitOptions = {}): Promise<void> {
    return deleteAndWait(this, refs, options);
  }

  /**
   * The events of a kind, beginning with an ADDED for each object that is there. Starts with the iteration;
   * outlives lost connections and 410 Gone; ends without an error on abort or when the client is closed.
   */
  async *watch(
    resource: ResourceRef,
    options: Selection & FollowOptions = {},
  ): AsyncGenerator<WatchEvent, void, undefined> {
    for await (const { changes } of this.follow(resource, options)) yield* changes;
  }

  /** As `watch`, with all objects at each step: for questions about a whole set, or about an absence. */
  follow(resource: ResourceRef, options: Selection & FollowOptions = {}): AsyncIterable<Snapshot> {
    const { namespace, labelSelector, fieldSelector, ...rest } = options;
    const selection = { namespace, labelSelector, fieldSelector };
    return follow(
      {
        call: `watch of ${resource.kind}`,
        list: (signal) => this.list(resource, { ...selection, signal }),
        open: async (resourceVersion, signal) => {
          const path = collectionPath(await this.#discovery.resource(resource, signal), namespace);
          const query = {
            labelSelector,
            fieldSelector,
            watch: true,
            allowWatchBookmarks: true,
            resourceVersion,
          };
          return this.#transport.open({ method: 'GET', path, query, signal }, WATCH_IDLE_MS);
        },
      },
      rest,
    );
  }

  /** The lines of a container's log. Abort ends a log that is followed without an error. */
  async *podLog(
    namespace: string,
    pod: string,
    { signal, ...query }: LogOptions = {},
  ): AsyncGenerator<string, void, undefined> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
    try {
      const idleMs = query.follow ? 0 : timeoutMs('api');
      const chunks = await this.#transport.open({ method: 'GET', path, query, signal }, idleMs);
      yield* readLines(chunks, 'keep');
    } catch (error) {
      if (!(query.follow && signal?.aborted)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }

  async #pathOf(ref: ObjectRef, signal?: AbortSignal): Promise<string> {
    return objectPath(await this.#discovery.resource(ref, signal), ref);
  }

  async #write(options: WriteOptions, request: ApiRequest): Promise<KubernetesObject> {
    const query = {
      fieldManager: options.fieldManager ?? FIELD_MANAGER,
      ...(options.dryRun ? { dryRun: 'All' } : {}),
      ...request.query,
    };
    return readAs(objectSchema, await this.request({ ...request, query, signal: options.signal }));
  }
}
