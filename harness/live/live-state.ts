import { stringify } from 'yaml';
import { z } from 'zod';

import type { Implementation } from '../../clusters/implementations/implementation.ts';
import { attempt } from '../../clusters/implementations/evidence-files.ts';
import type { KubernetesClient } from '../../clusters/kubernetes/client.ts';
import { objectSchema, type KubernetesObject } from '../../clusters/kubernetes/objects.ts';

export interface LiveStateOptions {
  client: KubernetesClient;
  implementation: Pick<Implementation, 'evidence'>;
  service: KubernetesObject;
  signal: AbortSignal;
}

/**
 * What a maintainer asks for of a live Service, by file name: the Service with its events and endpoints, the
 * implementation's objects and logs. Reads only; what may not be read says so in its place.
 */
export async function liveState({
  client,
  implementation,
  service,
  signal,
}: LiveStateOptions): Promise<Record<string, string>> {
  const { name, namespace } = service.metadata;
  const list = (kind: string, apiVersion: string, selection: object) =>
    attempt(async () =>
      stringify(
        (await client.list({ apiVersion, kind }, { namespace, signal, ...selection })).items.map(shown),
      ),
    );
  const [events, endpoints, own] = await Promise.all([
    list('Event', 'v1', { fieldSelector: `involvedObject.kind=Service,involvedObject.name=${name}` }),
    list('EndpointSlice', 'discovery.k8s.io/v1', { labelSelector: `kubernetes.io/service-name=${name}` }),
    implementation.evidence(client, signal).catch((error: unknown) => ({
      'implementation.txt': `could not be taken: ${String(error)}\n`,
    })),
  ]);
  return {
    'service.yaml': stringify(shown(service)),
    'events.yaml': events,
    'endpointslices.yaml': endpoints,
    ...Object.fromEntries(Object.entries(own).map(([file, text]) => [file, shownText(file, text)])),
  };
}

/** As in the rest of a bundle. */
const REDACTED = 'REDACTED';

/** What was applied last stands in an annotation, with all that is in it. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object for people: without who has set which field, and without passwords, as peers have them. */
function shown(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, annotations, ...metadata } = object.metadata;
  const { [LAST_APPLIED]: _applied, ...kept } = annotations ?? {};
  const named = Object.keys(kept).length > 0 ? { ...metadata, annotations: kept } : metadata;
  const rest = Object.entries(object).map(([key, value]) => [key, withoutPasswords(value)] as const);
  return { ...object, ...Object.fromEntries(rest), metadata: named };
}

/** BGP passwords are no Secrets: a peer has its own in `password`, and FRR's text in `rawConfig`. */
function withoutPasswords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPasswords);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) =>
      typeof one === 'string' && /^(password|rawConfig)$/i.test(key)
        ? [key, REDACTED]
        : [key, withoutPasswords(one)],
    ),
  );
}

const listSchema = z.array(objectSchema);

/** A list of objects is shown as such; a log is text, and so is why something could not be taken. */
function shownText(file: string, text: string): string {
  if (!file.endsWith('.json')) return text;
  const read = listSchema.safeParse(parsed(text));
  return read.success ? `${JSON.stringify(read.data.map(shown), null, 2)}\n` : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
