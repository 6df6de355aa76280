import type { FactsClient } from '../../clusters/implementations/facts.ts';
import type { Implementation } from '../../clusters/implementations/implementation.ts';

/** Kinds that are read first in the midst of a scenario: where the API has them is learned beforehand. */
const ASKED_LATER = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR' },
];

/**
 * Reads what the first diagnosis reads, so that connections and the API's caches are warm then. Whatever fails is
 * left to whoever needs it: it is no ground to run nothing.
 */
export async function warmUp(
  client: FactsClient,
  { facts }: Pick<Implementation, 'facts'>,
  signal: AbortSignal,
): Promise<void> {
  await Promise.allSettled([
    facts(client, signal),
    ...ASKED_LATER.map((kind) => client.isServed(kind, { signal })),
  ]);
}
