import { z } from 'zod';

import { messageOf } from '../../base/errors.ts';
import type { Selection } from '../kubernetes/call-options.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { readAs, type ResourceRef } from '../kubernetes/objects.ts';

const LOG_LINES = 2_000;

const containersSchema = z.looseObject({
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })).default([]) }),
});

/**
 * The last lines of every pod's log in a namespace, as `logs/<pod>.log` → lines; of a pod with several containers,
 * each as `logs/<pod>/<container>.log`.
 */
export async function podLogs(
  client: Pick<KubernetesClient, 'list' | 'podLog'>,
  namespace: string,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, signal });
  const files = items.flatMap((pod) => {
    const { name } = pod.metadata;
    const { containers } = readAs(containersSchema, pod).spec;
    const logs: [string, string | undefined][] =
      containers.length > 1
        ? containers.map((one) => [`logs/${name}/${one.name}.log`, one.name])
        : [[`logs/${name}.log`, undefined]];
    return logs.map(async ([file, container]) => {
      const content = await attempt(async () => {
        const options = { tailLines: LOG_LINES, signal, ...(container === undefined ? {} : { container }) };
        return (await Array.fromAsync(client.podLog(namespace, name, options))).join('\n');
      });
      return [file, content] as const;
    });
  });
  return Object.fromEntries(await Promise.all(files));
}

/** All objects of a kind, as JSON. */
export function objectList(
  client: Pick<KubernetesClient, 'list'>,
  { signal, namespace, ...resource }: ResourceRef & Pick<Selection, 'namespace'> & { signal: AbortSignal },
): Promise<string> {
  return attempt(async () =>
    JSON.stringify((await client.list(resource, { namespace, signal })).items, null, 2),
  );
}

/** Evidence that cannot be had says why, in its place; the rest is still taken. */
export async function attempt(take: () => Promise<string>): Promise<string> {
  try {
    return await take();
  } catch (error) {
    return `could not be taken: ${messageOf(error)}\n`;
  }
}
