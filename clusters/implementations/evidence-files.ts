import { messageOf } from '../../base/errors.ts';
import type { Selection } from '../kubernetes/call-options.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { ResourceRef } from '../kubernetes/objects.ts';

const LOG_LINES = 2_000;

/** The last lines of every pod's log in a namespace, as `logs/<pod>.log` → lines. */
export async function podLogs(
  client: KubernetesClient,
  namespace: string,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, signal });
  const files = items.map(async ({ metadata: { name } }) => {
    const content = await attempt(async () => {
      const lines = await Array.fromAsync(client.podLog(namespace, name, { tailLines: LOG_LINES, signal }));
      return lines.join('\n');
    });
    return [`logs/${name}.log`, content] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

/** All objects of a kind, as JSON. */
export function objectList(
  client: KubernetesClient,
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
