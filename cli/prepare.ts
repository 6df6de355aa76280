import type { Family } from '../base/addresses.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { createCluster } from '../clusters/cluster-creation.ts';
import { Docker } from '../clusters/docker.ts';
import { findEndpoint } from '../clusters/engine/endpoint.ts';
import { findEngine, type Engine } from '../clusters/engine/engine.ts';
import { silent } from '../clusters/engine/next-step.ts';
import { ensureEngine } from '../clusters/engine/ensure-engine.ts';
import { HarnessError } from '../base/errors.ts';
import { provideImages, type NodeImages } from '../clusters/images/images.ts';
import type { KubernetesClient } from '../clusters/kubernetes/client.ts';
import type { Implementation } from '../clusters/implementations/implementation.ts';
import { findImplementation } from '../clusters/implementations/registry.ts';
import type { ClusterFlags } from './cluster-options.ts';
import { confirmer } from './confirm.ts';
import type { CommandContext } from './context.ts';

export interface Prepared {
  engine: Engine;
  docker: Docker;
}

/** The engine that is there. @throws HarnessError `DUALVIP_ENGINE_MISSING`, `DUALVIP_ENGINE_UNREACHABLE` */
export async function presentEngine(signal: AbortSignal): Promise<Prepared> {
  const engine = await findEngine({ signal });
  if (engine) return { engine, docker: new Docker(engine.environment) };
  const endpoint = await findEndpoint({ signal });
  if (endpoint?.namedBy !== undefined) {
    const { code, message, hint } = silent({ namedBy: endpoint.namedBy, host: endpoint.host });
    throw new HarnessError(code, message, { hint });
  }
  throw new HarnessError('DUALVIP_ENGINE_MISSING', 'no Docker engine answers', {
    hint: '`dualvip doctor` tells what is needed; `dualvip up` installs one on Debian.',
  });
}

type ImageFlags = Pick<ClusterFlags, 'images' | 'registryPrefix' | 'implementation' | 'yes'> & {
  /** A release that is in the cluster before a checkout is. */
  first?: Implementation;
};

/** Engine and images, each reused where it is there; compiling begins while an engine is still installed. */
export async function makeImages(
  flags: ImageFlags,
  { signal, progress }: CommandContext,
): Promise<Prepared & { images: NodeImages; implementation: Implementation }> {
  const implementation = await findImplementation(flags.implementation);
  const confirm = confirmer({ yes: flags.yes, signal });
  const present = await findEngine({ signal });
  if (present) progress.note(`reused Docker ${present.version} at ${present.host}`);
  const engine = present ? Promise.resolve(present) : ensureEngine({ progress, signal, confirm });
  const docker = engine.then(({ environment }) => new Docker(environment));
  // Awaited below, after the images; on its own it must not end the process.
  docker.catch(() => {});
  const images = await provideImages({
    mode: flags.images,
    registryPrefix: flags.registryPrefix,
    docker,
    engineIsNew: !present,
    implementation,
    beside: flags.first,
    confirm,
    progress,
    signal,
  });
  return {
    engine: await engine,
    docker: await docker,
    images,
    implementation: flags.first ?? implementation,
  };
}

/** Work in a cluster while its implementation is being installed. */
type Alongside = (client: KubernetesClient, images: NodeImages, signal: AbortSignal) => Promise<void>;

/** A cluster from nothing: engine, images, kind, implementation. */
export async function makeCluster(
  flags: ClusterFlags & {
    name: string;
    alongside?: Alongside;
    first?: Implementation;
    subnets?: { [family in Family]?: string | undefined } | undefined;
  },
  context: CommandContext,
): Promise<Prepared & { cluster: Cluster }> {
  const prepared = await makeImages(flags, context);
  const { progress, signal } = context;
  const alongside = flags.alongside;
  const cluster = await createCluster({
    ...flags,
    ...prepared,
    alongside: alongside && ((client, stop) => alongside(client, prepared.images, stop)),
    progress,
    signal,
  });
  return { ...prepared, cluster };
}
