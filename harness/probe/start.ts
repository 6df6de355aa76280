import { startContainer } from './container.ts';
import { connectProbe, type ContainerOptions, type ProbeNeeds, type StartedProbe } from './probe.ts';

/**
 * Starts a probe and takes its routes out of the network away.
 * @throws HarnessError `DUALVIP_PROBE_START`, `DUALVIP_PROBE_NO_ADDRESS`, `DUALVIP_PROBE_HAS_ROUTE`,
 *   `DUALVIP_PROBE_LOST`, `DUALVIP_PROBE_FAILED`; the signal's reason when aborted. Nothing is left running.
 */
export async function startProbe(options: ContainerOptions & ProbeNeeds): Promise<StartedProbe> {
  options.signal?.throwIfAborted();
  return connectProbe(await startContainer(options), options);
}
