import { z } from 'zod';

import { sleep } from '../../../base/converge.ts';
import { HarnessError, messageOf } from '../../../base/errors.ts';
import { timeoutMs } from '../../../base/timeouts.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import type { PoolFollower } from '../implementation.ts';
import { METALLB_NAMESPACE } from './pools.ts';

/**
 * The controller's log line at the end of taking in a pool's creation, change or deletion, the same in 0.13 to
 * 0.16. Pools have a status only since 0.15.0, and a deleted one has none at all.
 */
const reconciledSchema = z.object({ controller: z.literal('PoolReconciler'), 'end reconcile': z.string() });

/** Between the end of a controller's log and the next one's: a kubelet restarts a container after a while. */
const RESTART_MS = 500;

/** Follows the controller's log. */
export async function followPools(client: KubernetesClient, signal: AbortSignal): Promise<PoolFollower> {
  const reconciled: string[] = [];
  const waiters = new Set<() => void>();
  let failure: unknown;
  const wake = () => {
    for (const waiter of waiters) waiter();
  };
  const first = await controllerPod(client, signal);
  const follow = async () => {
    // From now on: what the controller said before is another scenario's.
    for (let log = client.podLog(METALLB_NAMESPACE, first, { follow: true, tailLines: 0, signal }); ;) {
      for await (const line of log) {
        const pool = reconciledPool(line);
        if (pool === undefined) continue;
        reconciled.push(pool);
        wake();
      }
      // It restarted, and takes in all pools anew: its whole log counts.
      await sleep(RESTART_MS, signal);
      log = client.podLog(METALLB_NAMESPACE, await controllerPod(client, signal), { follow: true, signal });
    }
  };
  follow().catch((error: unknown) => {
    failure = error;
    wake();
  });
  return {
    mark: () => reconciled.length,
    async whenTaken(pools, mark, stop) {
      const deadline = AbortSignal.timeout(timeoutMs('poolsTaken'));
      const missing = () => pools.filter((pool) => !reconciled.includes(pool, mark));
      while (missing().length > 0) {
        stop.throwIfAborted();
        if (failure !== undefined || deadline.aborted) {
          throw new HarnessError(
            'DUALVIP_POOLS_NOT_TAKEN',
            `MetalLB's controller has not taken in ${missing().join(', ')}` +
              (failure === undefined ? '' : `: ${messageOf(failure)}`),
            {
              cause: failure,
              hint: `Look at \`kubectl --namespace ${METALLB_NAMESPACE} logs ${first}\`.`,
            },
          );
        }
        await nextWake(waiters, AbortSignal.any([stop, deadline]));
      }
    },
  };
}

async function controllerPod(client: KubernetesClient, signal: AbortSignal): Promise<string> {
  const { items } = await client.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { namespace: METALLB_NAMESPACE, labelSelector: 'component=controller', signal },
  );
  const name = items.at(-1)?.metadata.name;
  if (!name) throw new HarnessError('DUALVIP_IMPLEMENTATION_GONE', 'MetalLB has no controller pod');
  return name;
}

function reconciledPool(line: string): string | undefined {
  try {
    return reconciledSchema.parse(JSON.parse(line))['end reconcile'].replace(`${METALLB_NAMESPACE}/`, '');
  } catch {
    return undefined;
  }
}

function nextWake(waiters: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      waiters.delete(done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    waiters.add(done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
