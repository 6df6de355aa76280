import { FAMILIES } from '../../base/addresses.ts';
import { openCluster } from '../../clusters/cluster.ts';
import { Docker } from '../../clusters/docker.ts';
import { faultPlace } from '../../clusters/faults/fault.ts';
import { Faults } from '../../clusters/faults/faults.ts';
import { FaultJournal } from '../../clusters/faults/journal.ts';
import { findImplementation } from '../../clusters/implementations/registry.ts';
import type { Deviation } from '../deviation/deviation.ts';
import { attachProbe } from '../probe/probe.ts';
import { resolvesCold } from '../probe/cold-resolution.ts';
import { rangePrefixes } from '../scenario/carve.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Handover } from './handover.ts';
import { restartController } from './controller-restart.ts';
import { openInExisting } from './existing-worker.ts';
import { knownDeviations } from './known-deviations.ts';
import { Lanes } from './lanes.ts';
import { ObservationLog } from './observation-log.ts';
import { RestartGate } from './restart-gate.ts';
import { carveAll, planScenarios } from './plan.ts';
import type { Session } from './session.ts';
import { warmUp } from './warm-up.ts';
import { watchNamespace } from './watching.ts';

/** What one worker opens once, for all of its scenarios. */
export interface Worker {
  session: Session;
  lanes: Lanes;
  scenarios: readonly Scenario[];
  deviations: readonly Deviation[];
  /** Rejects when the watches fail for good: no verdict can be trusted from then on. */
  watching: Promise<void>;
}

let opened: { worker: Promise<Worker>; end: AbortController } | undefined;

/** The worker's session, opened by the first scenario that asks. */
export function workerOf(handover: Handover): Promise<Worker> {
  if (opened === undefined) {
    const end = new AbortController();
    opened = { worker: open(handover, end.signal), end };
  }
  return opened.worker;
}

/** Ends the session's watches and connections, where there is one. The next scenario opens another. */
export async function closeWorker(): Promise<void> {
  const closing = opened;
  opened = undefined;
  if (closing === undefined) return;
  closing.end.abort();
  // One that could not be opened has nothing to close.
  const { session } = (await closing.worker.catch(() => undefined)) ?? {};
  await session?.probe[Symbol.asyncDispose]();
  await session?.cluster[Symbol.asyncDispose]();
}

async function open(handover: Handover, signal: AbortSignal): Promise<Worker> {
  if (handover.existing) return openInExisting({ ...handover, existing: handover.existing }, signal);
  Object.assign(process.env, handover.environment);
  const docker = new Docker(process.env);
  const [cluster, implementation] = await Promise.all([
    openCluster(docker, handover.cluster, signal),
    findImplementation(handover.implementation),
  ]);
  const { topology, network } = cluster.state;
  const planned = await planScenarios(handover.scenariosFolder, topology);
  const ids = new Set(handover.scenarios);
  const scenarios = planned.filter(({ id }) => ids.has(id));
  const log = new ObservationLog(handover.origin, signal);
  const { namespace } = handover;
  const watching = watchNamespace({ client: cluster.client, namespace, log, signal });
  // Looked at by each scenario; a failure before the first must not end the process.
  watching.catch(() => {});
  const attaching = attachProbe({
    docker,
    id: handover.probe?.id ?? '',
    network: network.name,
    families: FAMILIES,
    prefixes: rangePrefixes(cluster.network.subnets),
    signal,
  });
  const others = Promise.all([
    attaching,
    implementation.followPools(cluster.client, signal),
    implementation.announcing?.followStatus(cluster.client, signal),
    knownDeviations(implementation.ref, { scenarios, topology }),
    // While the probe is attached.
    warmUp(cluster.client, implementation, signal),
  ]);
  const [probe, pools, announcerStatus, deviations] = await others.catch(async (error: unknown) => {
    // What stays open would keep the process from ending.
    await attaching.then(
      (one) => one[Symbol.asyncDispose](),
      () => {},
    );
    await cluster[Symbol.asyncDispose]();
    throw error;
  });
  const session: Session = {
    runId: handover.runId,
    namespace,
    folder: handover.folder,
    cluster,
    implementation,
    pools,
    announcerStatus,
    probe,
    probeName: handover.probe?.name ?? '',
    routerImage: handover.routerImage,
    log,
    restarts: new RestartGate(() => restartController(cluster, implementation, signal)),
    faults: new Faults({
      place: faultPlace(cluster, implementation, resolvesCold(docker, probe)),
      journal: new FaultJournal(cluster.state.name),
      // A scenario that was interrupted goes on cleaning up behind Vitest, and its connections end with the worker.
      ended: signal,
    }),
    unfit: new Map(),
    isolated: false,
    ranges: carveAll(scenarios, cluster.network, handover.placed),
  };
  const lanes = new Lanes({ session, origin: handover.origin, signal });
  return { session, lanes, scenarios, deviations, watching };
}
