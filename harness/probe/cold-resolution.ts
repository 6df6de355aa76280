import type { Docker } from '../../clusters/docker.ts';
import { KUBELET_PORT } from '../../clusters/faults/reach.ts';
import type { StartedProbe } from './probe.ts';

/** Below the 3 s after which the kernel gives up asking: on one link an answer takes a millisecond. */
const WITHIN_MS = 1500;

/**
 * Whether the probe, when it has forgotten an address of a node, learns its MAC address again. Other entries of
 * its neighbour table stay, as other measurements depend on them.
 */
export function resolvesCold(
  docker: Pick<Docker, 'run'>,
  { containerId, probe }: Pick<StartedProbe, 'containerId' | 'probe'>,
): (address: string, signal: AbortSignal) => Promise<boolean> {
  return async (address, signal) => {
    await docker.run(['exec', containerId, 'ip', 'neigh', 'flush', 'to', address], { signal });
    const { outcome } = await probe({
      protocol: 'tcp',
      address,
      port: KUBELET_PORT,
      timeoutMs: WITHIN_MS,
      neighbour: false,
      signal,
    });
    // A refusal is an answer, too.
    return outcome === 'ok' || outcome === 'refused';
  };
}
