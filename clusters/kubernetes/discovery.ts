import { z } from 'zod';

import { HarnessError } from '../../base/errors.ts';
import { isNotFound } from './api-error.ts';
import { describeRef, readAs, type ObjectRef, type ResourceRef } from './objects.ts';

/** How the API serves a kind. */
export interface ApiResource {
  /** `/api/v1` or `/apis/apps/v1`. */
  base: string;
  plural: string;
  namespaced: boolean;
}

const resourceListSchema = z.looseObject({
  resources: z
    .array(z.looseObject({ name: z.string(), kind: z.string(), namespaced: z.boolean() }))
    .nullish()
    .transform((list) => list ?? []),
});

/**
 * Knows under which path a kind is. Remembers each group-version, which all that ask at once read together; asks
 * again once for a kind it lacks.
 */
export class Discovery {
  readonly #read: (path: string) => Promise<unknown>;
  readonly #known = new Map<string, Map<string, ApiResource>>();
  readonly #reading = new Map<string, Promise<Map<string, ApiResource>>>();

  /** `read` is bounded in time by itself: no caller's signal may end what others wait for too. */
  constructor(read: (path: string) => Promise<unknown>) {
    this.#read = read;
  }

  /** @throws HarnessError `DUALVIP_API_UNKNOWN_KIND` */
  async resource(ref: ResourceRef, signal?: AbortSignal): Promise<ApiResource> {
    const found = await this.find(ref, signal);
    if (found) return found;
    const { apiVersion, kind } = ref;
    throw new HarnessError('DUALVIP_API_UNKNOWN_KIND', `the cluster knows no kind ${kind} in ${apiVersion}`, {
      hint: 'Check apiVersion and kind; if a CustomResourceDefinition brings it, apply that first.',
    });
  }

  async find({ apiVersion, kind }: ResourceRef, signal?: AbortSignal): Promise<ApiResource | undefined> {
    signal?.throwIfAborted();
    const known = this.#known.get(apiVersion)?.get(kind);
    if (known) return known;
    const reading = this.#reading.getOrInsertComputed(apiVersion, () =>
      this.#readGroupVersion(apiVersion).finally(() => this.#reading.delete(apiVersion)),
    );
    const resources = await reading;
    signal?.throwIfAborted();
    return resources.get(kind);
  }

  async #readGroupVersion(apiVersion: string): Promise<Map<string, ApiResource>> {
    const base = `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}`;
    const resources = new Map<string, ApiResource>();
    try {
      const list = readAs(resourceListSchema, await this.#read(base));
      for (const { name, kind, namespaced } of list.resources) {
        // A slash is a subresource; `deployments/scale` has a kind that is not its own.
        if (!name.includes('/')) resources.set(kind, { base, plural: name, namespaced });
      }
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#known.set(apiVersion, resources);
    return resources;
  }
}

/** The path of all objects of a kind, in one namespace or in all of them. */
export function collectionPath({ base, plural, namespaced }: ApiResource, namespace?: string): string {
  const scope = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${base}${scope}/${plural}`;
}

/** @throws HarnessError `DUALVIP_OBJECT_NAMESPACE_MISSING`: nothing is taken to be in "default". */
export function objectPath(resource: ApiResource, ref: ObjectRef): string {
  return `${creationPath(resource, ref)}/${encodeURIComponent(ref.name)}`;
}

/** Where an object is posted to. Throws as `objectPath` does. */
export function creationPath(resource: ApiResource, ref: ObjectRef): string {
  if (resource.namespaced && ref.namespace === undefined) {
    throw new HarnessError(
      'DUALVIP_OBJECT_NAMESPACE_MISSING',
      `${describeRef(ref)} has no namespace, and its kind needs one`,
      { hint: 'Set metadata.namespace.' },
    );
  }
  return collectionPath(resource, ref.namespace);
}
