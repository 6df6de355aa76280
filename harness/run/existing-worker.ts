import { faultPlace } from '../../clusters/faults/fault.ts';
import { Faults } from '../../clusters/faults/faults.ts';
import { FaultJournal } from '../../clusters/faults/journal.ts';
import { KUBELET_PORT } from '../../clusters/faults/reach.ts';
import {
  familiesOf,
  openExisting,
  type ExistingAccess,
  type ExistingCluster,
} from '../../clusters/existing/existing-cluster.ts';
import type { Implementation } from '../../clusters/implementations/implementation.ts';
import { KubernetesApiError } from '../../clusters/kubernetes/api-error.ts';
import type { ClusterNode } from '../../clusters/nodes.ts';
import { absentProbe } from '../probe/absent-probe.ts';
import { attachProbe, type StartedProbe } from '../probe/probe.ts';
import { carveGiven, givenPrefixes } from '../scenario/given-ranges.ts';
import { loadScenarios } from '../scenario/load.ts';
import type { Scenario } from '../scenario/schema.ts';
import { othersOf, unfitness } from './fitness.ts';
import type { Handover } from './handover.ts';
import { knownDeviations } from './known-deviations.ts';
import { Lanes } from './lanes.ts';
import { ObservationLog } from './observation-log.ts';
import { RestartGate } from './restart-gate.ts';
import type { Session } from './session.ts';
import { watchNamespace } from './watching.ts';
import type { Worker } from './worker.ts';

const NO_PROBE = 'there is no probe on the nodes’ link (--probe)';

/** As `workerOf`, in a cluster that is somebody's own: what is not to be done there is known before the first scenario. */
export async function openInExisting(
  handover: Handover & { existing: ExistingAccess },
  signal: AbortSignal,
): Promise<Worker> {
  const { namespace, existing } = handover;
  const cluster = await openExisting(existing, signal);
  await using opened = new AsyncDisposableStack();
  opened.use(cluster);
  const { client } = cluster;
  const implementation = inOthersHands(cluster.implementation);
  const scenarios = await scenariosOf(handover);
  const log = new ObservationLog(handover.origin);
  const watching = watchNamespace({ client, namespace, log, signal });
  watching.catch(() => {});
  const probe = opened.use(await probeOf(cluster, signal));
  const [pools, announcerStatus, deviations, facts, tellsServiceCIDRs] = await Promise.all([
    implementation.followPools(client, signal),
    implementation.announcing?.followStatus(client, signal),
    knownDeviations(implementation.ref, { scenarios, topology: cluster.state.topology }),
    implementation.facts(client, signal),
    client.isServed({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR' }, { signal }),
    learnAddresses(probe, cluster.nodes, signal),
  ]);
  const places = carveGiven(scenarios, existing.ranges);
  const { topology } = cluster.state;
  const surroundings = { topology, places, tellsServiceCIDRs, ...othersOf(facts, namespace) };
  const session: Session = {
    runId: handover.runId,
    namespace,
    folder: handover.folder,
    cluster,
    implementation,
    pools,
    announcerStatus,
    probe,
    probeName: existing.probe?.name ?? '',
    routerImage: undefined,
    log,
    restarts: new RestartGate(() => {
      throw new TypeError('nobody restarts the controller of somebody’s cluster');
    }),
    faults: new Faults({
      place: faultPlace(cluster, implementation),
      journal: new FaultJournal(cluster.state.name),
    }),
    ...(existing.probe ? {} : { unreached: NO_PROBE }),
    unfit: new Map(
      scenarios.flatMap((scenario) => {
        const why = unfitness(scenario, surroundings);
        return why === undefined ? [] : [[scenario.id, why] as const];
      }),
    ),
    isolated: true,
    ranges: new Map([...places].map(([id, ranges]) => [id, typeof ranges === 'string' ? [] : ranges])),
  };
  const lanes = new Lanes({ session, origin: handover.origin, signal });
  // From here on `closeWorker` disposes of probe and cluster.
  opened.move();
  return { session, lanes, scenarios, deviations, watching };
}

async function scenariosOf({ scenariosFolder, scenarios }: Handover): Promise<Scenario[]> {
  const ids = new Set(scenarios);
  return (await loadScenarios(scenariosFolder)).filter(({ id }) => ids.has(id));
}

async function probeOf(cluster: ExistingCluster, signal: AbortSignal): Promise<StartedProbe> {
  const { probe, ranges } = cluster.existing;
  if (!probe) return absentProbe();
  return attachProbe({
    docker: cluster.docker,
    id: probe.id,
    network: probe.network,
    families: familiesOf(cluster),
    prefixes: givenPrefixes(ranges),
    signal,
  });
}

/** The MAC addresses of the nodes, by which an answer is known to be theirs, as the probe's kernel learns them. */
async function learnAddresses(
  probe: StartedProbe,
  nodes: readonly ClusterNode[],
  signal: AbortSignal,
): Promise<void> {
  if (probe.mac === '') return;
  await Promise.all(
    nodes.map(async (node) => {
      for (const address of Object.values(node.addresses)) {
        const { neighbour } = await probe.probe({ protocol: 'tcp', address, port: KUBELET_PORT, signal });
        if (neighbour?.mac) node.mac = neighbour.mac;
      }
    }),
  );
}

/** Without what takes a way into the nodes, or rights that a user of the cluster may not have. */
function inOthersHands(implementation: Implementation): Implementation {
  const { announcing } = implementation;
  const isCounted = implementation.counters !== undefined;
  const counters: Implementation['counters'] = async (client, signal) =>
    (await implementation.counters?.(client, signal).catch(nothingWhereRefused)) ?? [];
  return {
    ...implementation,
    ...(announcing ? { announcing: { ...announcing, metrics: () => Promise.resolve(undefined) } } : {}),
    ...(isCounted ? { counters } : {}),
  };
}

/** What cannot be counted is not judged; that the API is gone is another matter. */
function nothingWhereRefused(error: unknown): never[] {
  if (error instanceof KubernetesApiError && error.status !== undefined) return [];
  throw error;
}
