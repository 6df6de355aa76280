import { converge } from '../../../base/converge.ts';
import { timeoutMs } from '../../../base/timeouts.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import { EVERY_SERVICE, type PoolFollower } from '../implementation.ts';
import { TakenPools } from '../taken-pools.ts';
import { OPERATOR, operatorMetrics, poolsInMetrics } from './operator.ts';
import { isTakenIn, POOL } from './pools.ts';
import { READINESS_POOL } from './serving.ts';

/** A scrape takes some milliseconds of the operator, which forgets a pool in fewer. */
const SCRAPE_MS = 50;

/**
 * Watches the pools. Of a new or changed one their own status tells that it is taken in. A deleted one has no
 * status: LB-IPAM drops it from its metrics in the moment that it forgets it, and says so nowhere else.
 *
 * One that was restarted leaves the status of the pools that it finds as it is, because nothing in it changes.
 * It looks at no Service before it knows all of them, so the pool that shows that it serves stands for the rest.
 */
export async function followPools(client: KubernetesClient, signal: AbortSignal): Promise<PoolFollower> {
  const taken = new TakenPools({
    who: "Cilium's allocator",
    hint: `Look at \`kubectl --namespace ${OPERATOR.namespace} logs deployment/cilium-operator\`.`,
  });
  const specs = new Map<string, string>();
  const deletions = new Map<string, AbortController>();
  // A pool is counted, and forgotten, after the Services that it concerns have been looked at.
  const takenIn = (names: Iterable<string>) => {
    for (const one of names) taken.add(one);
    taken.add(EVERY_SERVICE);
  };
  const onPresent = (pool: KubernetesObject) => {
    const { name, uid, generation } = pool.metadata;
    // A pool of the same name is there again: that one's status counts.
    deletions.get(name)?.abort();
    const spec = `${uid} ${generation}`;
    if (specs.get(name) === spec) return;
    specs.delete(name);
    if (!isTakenIn(pool)) return;
    specs.set(name, spec);
    takenIn(name === READINESS_POOL.metadata.name ? specs.keys() : [name]);
  };
  const onDeleted = (name: string) => {
    specs.delete(name);
    const scope = new AbortController();
    deletions.set(name, scope);
    whenForgotten(client, name, AbortSignal.any([signal, scope.signal])).then(
      () => takenIn([name]),
      (error: unknown) => (scope.signal.aborted ? undefined : taken.fail(error)),
    );
  };
  const watching = Promise.withResolvers<void>();
  const watch = async () => {
    for await (const { changes } of client.follow(POOL, { signal })) {
      for (const { type, object } of changes) {
        if (type === 'DELETED') onDeleted(object.metadata.name);
        else onPresent(object);
      }
      watching.resolve();
    }
  };
  watch().catch((error: unknown) => {
    taken.fail(error);
    watching.reject(error);
  });
  await watching.promise;
  return taken;
}

async function whenForgotten(client: KubernetesClient, pool: string, signal: AbortSignal): Promise<void> {
  await converge({
    what: `${pool} to be gone from the operator's metrics`,
    observe: async (attempt) => [...poolsInMetrics(await operatorMetrics(client, attempt))],
    until: (pools) => !pools.includes(pool),
    timeoutMs: timeoutMs('poolsTaken'),
    intervalMs: SCRAPE_MS,
    signal,
  });
}
