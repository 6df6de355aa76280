import { z } from 'zod';

import { sleep } from '../../../base/converge.ts';
import { HarnessError } from '../../../base/errors.ts';
import { KubernetesApiError } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { EVERY_SERVICE, type PoolFollower } from '../implementation.ts';
import { TakenPools } from '../taken-pools.ts';
import { METALLB_NAMESPACE } from './pools.ts';

/**
 * The controller's log lines at the begin and end of taking in a pool's creation, change or deletion, and of
 * looking at a Service, the same in 0.13 to 0.16. Pools have a status only since 0.15.0, and a deleted one has
 * none at all.
 */
const lineSchema = z.object({
  controller: z.enum(['PoolReconciler', 'ServiceReconciler', 'ServiceReconciler - reprocessAll']),
  'start reconcile': z.string().optional(),
  'end reconcile': z.string().optional(),
  event: z.string().optional(),
});

/** Between two attempts to read the log of a controller that restarts. */
const RETRY_MS = 100;

type Client = Pick<KubernetesClient, 'list' | 'podLog'>;

/** Follows the controller's log, over its restarts. */
export async function followPools(client: Client, signal: AbortSignal): Promise<PoolFollower> {
  const first = await controllerPod(client, signal);
  const taken = new TakenPools({
    who: "MetalLB's controller",
    hint: `Look at \`kubectl --namespace ${METALLB_NAMESPACE} logs ${first}\`.`,
  });
  const reader = new LogReader(taken);
  const read = async (pod: string, tail: { tailLines?: number }) => {
    for await (const line of client.podLog(METALLB_NAMESPACE, pod, { follow: true, signal, ...tail })) {
      reader.read(line);
    }
  };
  const follow = async () => {
    // What the controller said before is another scenario's. One that restarted takes in all pools anew.
    await read(first, { tailLines: 0 });
    for (;;) {
      await sleep(RETRY_MS, signal);
      try {
        await read(await controllerPod(client, signal), {});
      } catch (error) {
        // Its container is not there yet, or it has gone meanwhile. The waits have a bound of their own.
        if (!(error instanceof KubernetesApiError) && !isGone(error)) throw error;
      }
    }
  };
  follow().catch((error: unknown) => taken.fail(error));
  return taken;
}

async function controllerPod(client: Client, signal: AbortSignal): Promise<string> {
  const { items } = await client.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { namespace: METALLB_NAMESPACE, labelSelector: 'component=controller', signal },
  );
  const name = items.findLast(({ metadata }) => !metadata.deletionTimestamp)?.metadata.name;
  if (!name) throw new HarnessError('DUALVIP_IMPLEMENTATION_GONE', 'MetalLB has no controller pod');
  return name;
}

function isGone(error: unknown): boolean {
  return error instanceof HarnessError && error.code === 'DUALVIP_IMPLEMENTATION_GONE';
}

/**
 * A change of the pools makes the controller look at every Service: it says so (`force service reload`), and does
 * it after that, beside the end of taking in the pool. A pool whose change came with another's makes it do no more.
 */
class LogReader {
  readonly #taken: TakenPools;
  #reload = 0;
  #begun = 0;

  constructor(taken: TakenPools) {
    this.#taken = taken;
  }

  read(text: string): void {
    const line = parsed(text);
    if (!line) return;
    const { controller, 'start reconcile': start, 'end reconcile': end, event } = line;
    if (controller === 'PoolReconciler') {
      if (event === 'force service reload') this.#reload = this.#taken.mark();
      if (end !== undefined) this.#taken.add(end.replace(`${METALLB_NAMESPACE}/`, ''), this.#reload);
    } else if (controller === 'ServiceReconciler') {
      if (end !== undefined) this.#taken.add(end);
    } else {
      if (start !== undefined) this.#begun = this.#taken.mark();
      if (end !== undefined) this.#taken.add(EVERY_SERVICE, this.#begun);
    }
  }
}

function parsed(line: string): z.output<typeof lineSchema> | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
