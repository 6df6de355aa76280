import { monotonicMs } from '../../base/clock.ts';
import { sleep } from '../../base/converge.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { KubernetesApiError } from '../../clusters/kubernetes/api-error.ts';

const RETRY_MS = 200;

/**
 * Deletes again while it is refused, as long as cleaning up may take. A webhook may still see the object that was
 * just deleted and that needs this one: MetalLB's refuses to delete a BFDProfile that a BGPPeer names, and looks into
 * a cache. @throws the last refusal
 */
export async function untilNotRefused<T>(
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const deadline = monotonicMs() + timeoutMs('cleanup');
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const refused = error instanceof KubernetesApiError && error.reason === 'Forbidden';
      if (!refused || monotonicMs() >= deadline) throw error;
      await sleep(RETRY_MS, signal);
    }
  }
}
