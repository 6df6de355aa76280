import { timeoutMs } from '../base/timeouts.ts';
import type { KubernetesClient } from './kubernetes/client.ts';
import { deleteAndWait } from './kubernetes/deletion.ts';
import { refOf, type KubernetesObject } from './kubernetes/objects.ts';

/** A webhook whose server is gone refuses what it would have been asked about. */
const FIRST: ReadonlySet<string> = new Set([
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
]);

/** Takes back what was applied of an implementation, namespaces and resource definitions included, until all is gone. */
export async function removeApplied(
  client: Pick<KubernetesClient, 'delete' | 'follow'>,
  objects: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<void> {
  const options = { timeoutMs: timeoutMs('implementationReady'), signal };
  const namespaces = new Set(
    objects.flatMap(({ kind, metadata }) => (kind === 'Namespace' ? [metadata.name] : [])),
  );
  // What is in a namespace goes with it.
  const alone = objects.filter(({ metadata }) => !namespaces.has(metadata.namespace ?? ''));
  const first = alone.filter(({ kind }) => FIRST.has(kind));
  await deleteAndWait(client, first.map(refOf), options);
  await deleteAndWait(client, alone.filter((one) => !first.includes(one)).map(refOf), options);
}
