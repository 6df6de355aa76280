import { GenericContainer, getContainerRuntimeClient, PullPolicy } from 'testcontainers';

import type { Family } from '../../base/addresses.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { AGENT_PACKAGE, agentFiles } from './agent-files.ts';
import { startAgent, type Engine } from './agent-process.ts';
import type { ContainerOptions, ProbeContainer } from './probe.ts';

/**
 * The largest weight there is (docker run --cpu-shares). On a machine that is busy with a cluster, an agent that
 * waits for the processor would take its own wait for an outage.
 */
export const CPU_SHARES = 262_144;

/**
 * Starts the probe's container with the agent's files in it. No ports are published, and nothing is mounted, so
 * that the engine may be on another machine. The image must be there: bringing it is not the probe's work.
 * @throws HarnessError `DUALVIP_PROBE_START`; no container is left.
 */
export async function startContainer(options: ContainerOptions): Promise<ProbeContainer> {
  const { image, network, name, labels } = options;
  const definition = new TrackedContainer(image)
    .withName(name)
    .withNetworkMode(network)
    .withAddedCapabilities('NET_ADMIN')
    .withLabels(labels)
    .withPullPolicy(PullPolicy.neverPull())
    // The reaper would be one more image to pull; what a crash leaves behind is found by its labels.
    .withAutoCleanup(false)
    .withCommand(['sleep', 'infinity'])
    .withCopyContentToContainer([AGENT_PACKAGE]);
  try {
    const { container: engine } = await getContainerRuntimeClient();
    const id = (await definition.withCopyFilesToContainer(await agentFiles()).start()).getId();
    await engine.getById(id).update({ CpuShares: CPU_SHARES });
    return {
      id,
      addresses: await addressesOf(engine, { id, network }),
      async startAgent() {
        try {
          return await startAgent(engine, id);
        } catch (error) {
          throw startError(options, error);
        }
      },
      [Symbol.asyncDispose]: () => remove(engine, id),
    };
  } catch (error) {
    await definition.removeCreated();
    throw startError(options, error);
  }
}

function startError({ name, image, network }: ContainerOptions, cause: unknown): HarnessError {
  return new HarnessError('DUALVIP_PROBE_START', `the probe ${name} did not start: ${messageOf(cause)}`, {
    cause,
    hint: `It needs the image ${image} and the network ${network} in the engine that DOCKER_HOST names.`,
  });
}

/** testcontainers leaves a container that was created and could not be started. */
class TrackedContainer extends GenericContainer {
  #createdId: string | undefined;

  protected override containerCreated(id: string): Promise<void> {
    this.#createdId = id;
    return Promise.resolve();
  }

  async removeCreated(): Promise<void> {
    if (this.#createdId === undefined) return;
    const { container: engine } = await getContainerRuntimeClient();
    await remove(engine, this.#createdId);
  }
}

async function addressesOf(
  engine: Engine,
  { id, network }: { id: string; network: string },
): Promise<Partial<Record<Family, string>>> {
  const { NetworkSettings: settings } = await engine.getById(id).inspect();
  const { IPAddress: v4, GlobalIPv6Address: v6 } = settings.Networks[network] ?? {};
  return { ...(v4 ? { IPv4: v4 } : {}), ...(v6 ? { IPv6: v6 } : {}) };
}

/** Kills at once: `sleep` as process 1 does not heed SIGTERM, and nothing in here is worth a grace period. */
async function remove(engine: Engine, id: string): Promise<void> {
  try {
    await engine.getById(id).remove({ force: true, v: true });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Not there, or its removal is under way already. */
function isGone(error: unknown): boolean {
  return (
    error instanceof Error && 'statusCode' in error && (error.statusCode === 404 || error.statusCode === 409)
  );
}
