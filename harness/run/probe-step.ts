import pMap from 'p-map';
import { z } from 'zod';

import { canonical, familyOf, isIn, type Family } from '../../base/addresses.ts';
import { sleep } from '../../base/converge.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { nodeSchema, readAs } from '../../clusters/kubernetes/objects.ts';
import type { ProbeObservation } from '../../reports/record/record.ts';
import { checkProbe } from '../judge/probe.ts';
import { serviceStateAt } from '../judge/state.ts';
import { announcerOf } from '../probe/announcer.ts';
import type { StartedProbe } from '../probe/probe.ts';
import { forgetNeighbour } from '../probe/responders.ts';
import { expectedOutcomes, type Outcome, type Probe } from '../scenario/expectation.ts';
import type { Session } from './session.ts';
import type { Stopwatch } from './stopwatch.ts';

/** What connects: a client beside the cluster, or something in it. */
export type ProbeSource = Pick<StartedProbe, 'probe' | 'addresses'> & {
  clock: Pick<StartedProbe['clock'], 'offsetMs'>;
};

export interface ProbeStepOptions {
  step: string;
  probe: Probe;
  /** Of the known deviation, where there is one. */
  known?: Probe | undefined;
  /** Where it connects from. */
  client: ProbeSource;
  session: Session;
  stopwatch: Stopwatch;
  signal: AbortSignal;
}

/** Every node answers here: the kubelet's port. */
const CONTROL_PORT = 10_250;

/**
 * The first attempt's bound where an answer is expected; each further one has twice as long, up to
 * `timeoutMs('probe')`. A connection that reaches a node before kube-proxy knows the VIP is lost for good (its
 * connection-tracking entry was made without a translation), while a new one is answered at once.
 */
const FIRST_ATTEMPT_MS = 125;

/**
 * A silence that is wanted is tried once more, over a new connection: the first one may have been lost for the
 * reason above, and a VIP that is reached answers a new one at once.
 */
const CONFIRM_MS = 1000;

/**
 * Pauses between attempts, the first and the longest: a kernel sends a refusal that is an ICMP error once a second to
 * one address (icmp_ratelimit), and who asks faster takes its silence for a lost packet.
 */
const RETRY_MS = { first: 50, longest: 400 };

/** Probes every address of a Service, the families at once. */
export async function runProbeStep(options: ProbeStepOptions): Promise<void> {
  const { step, probe, session, stopwatch, signal } = options;
  const { service } = serviceStateAt(session.log.all(), probe.service, Infinity);
  const families = service?.ipFamilies ?? [];
  const addresses = service?.addresses ?? [];
  const expected = expectedOutcomes(probe, families);
  if (probe.neighbours === 'cold') {
    for (const address of addresses) await forgetNeighbour(session.probe, address, signal);
  }
  // Read while the first attempts are under way.
  const reading = probe.backends ? backendsOf(options) : Promise.resolve([]);
  // Looked at where it is needed; an interruption before must not end the process.
  reading.catch(() => {});
  const podCIDRs = probe.source ? await podCIDRsOf(options) : undefined;
  if (probe.cold) await session.probe.flushNeighbours(signal);
  await stopwatch.spend('implementation', () =>
    pMap(
      [...expected.keys()],
      async (family) => {
        const own = addresses.filter((address) => familyOf(address) === family);
        if (own.length === 0) noAddress(options, family);
        // A Service can hold several of one family; each has to be as expected.
        for (const address of own) {
          await probeFamily(options, { family, address, families, backends: reading, podCIDRs });
        }
      },
      { signal },
    ),
  );
  if (probe.backends) {
    session.log.add({ kind: 'backends', step, service: probe.service, pods: await reading });
  }
}

interface FamilyTarget {
  family: Family;
  address: string;
  families: readonly Family[];
  backends: Promise<readonly string[]>;
  /** Read where the source of a connection matters. */
  podCIDRs: readonly string[] | undefined;
}

/**
 * Attempts until one is as expected or as known, or the time for it is up. Silence, wanted or not, is only
 * believed of an address when a node answers the same probe: so then the control is asked.
 */
async function probeFamily(options: ProbeStepOptions, target: FamilyTarget): Promise<void> {
  const { step, probe, known, session, signal } = options;
  const { family, address, families, podCIDRs } = target;
  const deadline = session.log.now() + timeoutMs('reachability');
  const expected = expectedOutcomes(probe, families).get(family);
  let confirmed = false;
  let pauseMs = RETRY_MS.first;
  let withinMs = expected === 'reachable' ? FIRST_ATTEMPT_MS : timeoutMs('probe');
  for (;;) {
    const observation = await attempt(options, { address, withinMs, podCIDRs });
    withinMs = Math.min(2 * withinMs, timeoutMs('probe'));
    session.log.add(observation);
    const backends = await target.backends;
    const asWanted = [probe, known].some((wanted) => {
      if (!wanted) return false;
      const checks = checkProbe(wanted, {
        step,
        serviceFamilies: families,
        probes: [observation],
        controls: [],
        backends,
      });
      return checks.every(({ subject, ok }) => subject !== family || ok);
    });
    if (asWanted && observation.outcome === 'ok') return;
    if (asWanted && expected === 'unreachable' && observation.outcome === 'timeout' && !confirmed) {
      confirmed = true;
      withinMs = CONFIRM_MS;
      continue;
    }
    if (asWanted) break;
    if (session.log.now() >= deadline || !canChange(expected, observation)) break;
    await sleep(pauseMs, signal);
    pauseMs = Math.min(2 * pauseMs, RETRY_MS.longest);
  }
  // What is in the cluster has no link to nodes that a VIP's silence could be blamed on.
  const client = probe.from === 'client' ? options.client : session.probe;
  await control({ step, client, session, signal }, family);
}

/** An answer that should not be does not go away; one that should be may still come. */
function canChange(wanted: Outcome | undefined, { outcome }: ProbeObservation): boolean {
  return wanted === 'reachable' || (wanted === 'unreachable' && outcome !== 'ok');
}

async function attempt(
  { step, probe, client, session, signal }: ProbeStepOptions,
  { address, withinMs, podCIDRs }: Pick<FamilyTarget, 'address' | 'podCIDRs'> & { withinMs: number },
): Promise<ProbeObservation> {
  const { service, port, protocol, payload } = probe;
  // Behind the router, the neighbour table knows no more than the router; in the cluster there is no neighbour.
  const neighbour = probe.from === undefined;
  const target = { protocol, address, port, payload, timeoutMs: withinMs, neighbour };
  const result = await client.probe({ ...target, signal });
  const announcer = announcerOf(result.neighbour?.mac, session.cluster.nodes);
  return {
    kind: 'probe',
    at: session.log.since(result.startedAt - client.clock.offsetMs),
    step,
    service,
    family: result.family,
    ...(probe.from === undefined ? {} : { from: probe.from === 'client' ? 'router' : 'cluster' }),
    address: canonical(address),
    port,
    protocol,
    outcome: result.outcome,
    detail: result.detail,
    totalMs: result.totalMs,
    ...(result.status === undefined ? {} : { status: result.status }),
    ...(result.connectMs === undefined ? {} : { connectMs: result.connectMs }),
    ...(result.backend === undefined ? {} : { backend: result.backend }),
    ...(result.source === undefined
      ? {}
      : {
          source: result.source,
          ...(podCIDRs
            ? { sourceOf: ownerOf(result.source, { client, nodes: session.cluster.nodes }, podCIDRs) }
            : {}),
        }),
    ...(result.echoed === undefined ? {} : { echoed: result.echoed }),
    ...(result.neighbour?.mac === undefined ? {} : { mac: result.neighbour.mac }),
    ...(announcer === undefined ? {} : { announcer }),
  };
}

/** Whose an address is. Pods have theirs out of a node's pod network, and so has the node's end of their links. */
function ownerOf(
  address: string,
  { client, nodes }: Pick<ProbeStepOptions, 'client'> & Pick<Session['cluster'], 'nodes'>,
  podCIDRs: readonly string[],
): NonNullable<ProbeObservation['sourceOf']> {
  const family = familyOf(address);
  const own = client.addresses[family];
  if (own !== undefined && canonical(own) === address) return 'client';
  const ofNode = nodes.some((node) => node.addresses[family] === address);
  return ofNode || podCIDRs.some((cidr) => isIn(address, cidr)) ? 'cluster' : 'other';
}

async function podCIDRsOf({ session, signal }: ProbeStepOptions): Promise<string[]> {
  const { items } = await session.cluster.client.list({ apiVersion: 'v1', kind: 'Node' }, { signal });
  return items.flatMap((node) => readAs(nodeSchema, node).spec.podCIDRs);
}

function noAddress({ step, probe, session }: ProbeStepOptions, family: Family): void {
  const { service, port, protocol } = probe;
  session.log.add({
    kind: 'probe',
    step,
    service,
    family,
    port,
    protocol,
    outcome: 'no-address',
    detail: `the Service has no ${family} address`,
    totalMs: 0,
  });
}

/** The same family to a node's own address: when that fails too, the network failed and not the VIP. */
export async function control(
  {
    step,
    client,
    session,
    signal,
  }: Pick<ProbeStepOptions, 'step' | 'session' | 'signal'> & { client: Pick<StartedProbe, 'probe'> },
  family: Family,
): Promise<void> {
  // One that is under a fault tells nothing of the network.
  const faulted = new Set((await session.faults.active()).map(({ fault }) => fault.node));
  const address = session.cluster.nodes.find((node) => node.addresses[family] && !faulted.has(node.name))
    ?.addresses[family];
  if (address === undefined) return;
  const { outcome } = await client.probe({ protocol: 'tcp', address, port: CONTROL_PORT, signal });
  session.log.add({ kind: 'control', step, family, address, outcome });
}

/** The pods that a Service selects. */
async function backendsOf({ probe, session, signal }: ProbeStepOptions): Promise<string[]> {
  const { namespace, cluster } = session;
  const [service, { items }] = await Promise.all([
    cluster.client.get({ apiVersion: 'v1', kind: 'Service', name: probe.service, namespace }, { signal }),
    cluster.client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, signal }),
  ]);
  const selector = Object.entries(readAs(selectorSchema, service).spec.selector);
  // One that is being deleted is not behind the Service any more: the scenario before may have had such a one.
  return items
    .map(({ metadata }) => metadata)
    .filter(({ deletionTimestamp }) => deletionTimestamp === undefined)
    .filter(({ labels }) => selector.every(([key, value]) => labels?.[key] === value))
    .map(({ name }) => name);
}

const selectorSchema = z.looseObject({
  spec: z.looseObject({ selector: z.record(z.string(), z.string()).default({}) }),
});
