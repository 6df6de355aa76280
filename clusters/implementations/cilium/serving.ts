import { converge } from '../../../base/converge.ts';
import { HarnessError, messageOf } from '../../../base/errors.ts';
import { timeoutMs } from '../../../base/timeouts.ts';
import { waitFor } from '../../kubernetes/waiting.ts';
import type { InstallOptions } from '../implementation.ts';
import { OPERATOR } from './operator.ts';
import { isTakenIn, POOL } from './pools.ts';

/** Of this pool no Service gets an address: it is disabled. */
export const READINESS_POOL = {
  ...POOL,
  metadata: { name: 'dualvip-readiness' },
  spec: { blocks: [{ start: '192.0.2.1', stop: '192.0.2.1' }], disabled: true },
};

/**
 * Resolves when LB-IPAM takes in pools. Ready is not that: the operator registers its CRDs and allocates only
 * once it leads, for which it waits until the lease of the one before it has run out.
 * @throws HarnessError `DUALVIP_IMPLEMENTATION_NOT_READY`
 */
export async function whenServing({ client, signal, detail }: InstallOptions): Promise<void> {
  const bounds = { timeoutMs: timeoutMs('implementationReady'), signal };
  const ref = { ...POOL, name: READINESS_POOL.metadata.name };
  try {
    detail('waiting for its CRDs');
    // Discovery cannot be watched.
    await converge({
      ...bounds,
      what: `kind ${POOL.kind} to be served`,
      observe: (attempt) => client.isServed(POOL, { signal: attempt }),
      until: (served) => served,
    });
    // One that a killed run has left was taken in by an operator of before.
    await client.deleteAndWait([ref], { signal });
    detail('waiting for a pool to be taken in');
    await client.apply(READINESS_POOL, { signal });
    await waitFor(client, {
      ...bounds,
      ref,
      what: 'a pool to be taken in',
      until: (pool) => (pool !== undefined && isTakenIn(pool)) || 'LB-IPAM has not counted its addresses',
    });
    await client.deleteAndWait([ref], { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new HarnessError(
      'DUALVIP_IMPLEMENTATION_NOT_READY',
      `Cilium's allocator does not serve: ${messageOf(error)}`,
      {
        cause: error,
        hint: `Look at \`kubectl --namespace ${OPERATOR.namespace} logs deployment/cilium-operator\` with the cluster's kubeconfig.`,
      },
    );
  }
}
