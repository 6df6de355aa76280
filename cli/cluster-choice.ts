import { isLocked } from '../base/exclusive.ts';
import { UsageError } from '../base/errors.ts';
import type { Family } from '../base/addresses.ts';
import { openCluster, type Cluster } from '../clusters/cluster.ts';
import { KIND_CLUSTER_LABEL } from '../clusters/cluster-removal.ts';
import {
  clusterFolder,
  clusterNames,
  readClusterState,
  type ClusterState,
} from '../clusters/cluster-state.ts';
import { Docker } from '../clusters/docker.ts';
import { findEngine } from '../clusters/engine/engine.ts';
import type { ImplementationRef } from '../clusters/implementations/implementation.ts';
import { findImplementation } from '../clusters/implementations/registry.ts';
import type { Topology } from '../clusters/topology.ts';
import { startBackend } from '../harness/run/backend.ts';
import { namespaceOf } from '../harness/run/run.ts';
import { implementationName, implementationTitle } from '../reports/record/implementation-name.ts';
import type { ClusterFlags } from './cluster-options.ts';
import { DEFAULT_NAME } from './commands/up.ts';
import type { CommandContext } from './context.ts';
import { makeCluster, presentEngine, type Prepared } from './prepare.ts';

export interface ClusterWish {
  runId: string;
  /** The case that is to be brought back: a cluster that stands at it is taken as well. */
  holds?: string | undefined;
  /** Subnets that a new cluster should have. */
  subnets?: { [family in Family]?: string | undefined } | undefined;
}

export interface ChosenCluster extends Prepared {
  cluster: Cluster;
  made: boolean;
}

/**
 * The cluster of `--name`, else of `dualvip up`, else one that was kept, when it fits; else one for this run alone.
 * @throws UsageError `DUALVIP_CLUSTER_MISMATCH`
 */
export async function clusterFor(
  flags: ClusterFlags,
  wish: ClusterWish,
  context: CommandContext,
): Promise<ChosenCluster> {
  const { signal, progress } = context;
  const engine = await findEngine({ signal });
  const { ref } = await findImplementation(flags.implementation);
  const wanted = { topology: flags.topology, implementation: ref, workers: flags.workers };
  const state = engine && (await presentCluster(new Docker(engine.environment), { flags, wish, wanted }));
  if (state) {
    const prepared = await presentEngine(signal);
    const cluster = await openCluster(prepared.docker, state.name, signal);
    const kept = state.kept && !state.kept.holds ? `, kept by run ${state.kept.by}` : '';
    progress.note(`reused cluster ${state.name} (${state.topology}, ${implementationTitle(ref)}${kept})`);
    return { ...prepared, cluster, made: false };
  }
  const made = await makeCluster(
    {
      ...flags,
      name: flags.name ?? `${DEFAULT_NAME}-${wish.runId}`,
      subnets: wish.subnets,
      alongside: (client, { backend }, stop) =>
        startBackend({
          ...{ client, namespace: namespaceOf(wish.runId), image: backend, runId: wish.runId },
          signal: stop,
        }),
    },
    context,
  );
  return { ...made, made: true };
}

export interface WantedCluster {
  topology: Topology;
  implementation: ImplementationRef;
  workers: number;
}

async function presentCluster(
  docker: Docker,
  { flags, wish, wanted }: { flags: ClusterFlags; wish: ClusterWish; wanted: WantedCluster },
): Promise<ClusterState | undefined> {
  const own = await readClusterState(flags.name ?? DEFAULT_NAME);
  const isMeant = flags.name !== undefined || isFree(own, wish);
  if (own?.phase === 'ready' && isMeant) {
    const differs = differences(own, wanted);
    if (differs.length === 0) return own;
    if (flags.name !== undefined) throw mismatch(own.name, differs);
  }
  if (flags.name !== undefined) return undefined;
  for (const name of (await clusterNames()).sort()) {
    const state = await readClusterState(name);
    if (!state?.kept || !isFree(state, wish) || state.workers !== wanted.workers) continue;
    if (differences(state, wanted).length > 0 || (await isLocked(clusterFolder(name)))) continue;
    if (await isRunning(docker, state)) return state;
  }
  return undefined;
}

/** One that stands at another case is somebody's to look at. */
export function isFree(state: Pick<ClusterState, 'kept'> | undefined, { holds }: ClusterWish): boolean {
  return state?.kept?.holds === undefined || state.kept.holds === holds;
}

/** In what a cluster is not what was asked for. */
export function differences(
  state: Pick<ClusterState, 'topology' | 'implementation'>,
  wanted: Pick<WantedCluster, 'topology' | 'implementation'>,
): string[] {
  return [
    state.topology === wanted.topology ? '' : `its topology is ${state.topology}`,
    implementationName(state.implementation) === implementationName(wanted.implementation)
      ? ''
      : `it has ${implementationTitle(state.implementation)}`,
  ].filter((text) => text !== '');
}

function mismatch(name: string, differs: readonly string[]): UsageError {
  return new UsageError(
    'DUALVIP_CLUSTER_MISMATCH',
    `cluster ${name} is not what was asked for: ${differs.join(', ')}`,
    {
      hint: `Leave --name out for a cluster of its own, or remove this one: dualvip down ${name}.`,
    },
  );
}

/** A kept cluster may have been stopped since, with its engine. */
async function isRunning(docker: Docker, { name, workers }: ClusterState): Promise<boolean> {
  const nodes = await docker.lines(['ps', '--quiet', '--filter', `label=${KIND_CLUSTER_LABEL}=${name}`]);
  return nodes.length === workers + 1;
}
