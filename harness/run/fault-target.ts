import { familyOf, FAMILIES, type Family } from '../../base/addresses.ts';
import { HarnessError } from '../../base/errors.ts';
import type { Cluster } from '../../clusters/cluster.ts';
import type { ClusterNode } from '../../clusters/nodes.ts';
import { serviceStateAt } from '../judge/state.ts';
import { announcerOf } from '../probe/announcer.ts';
import type { StartedProbe } from '../probe/probe.ts';
import type { NodeTarget } from '../scenario/schema.ts';
import type { ObservationLog } from './observation-log.ts';

/** Where no port is known: who answers for an address is asked of the link and not of the port. */
const ANY_PORT = 80;
const WITHIN_MS = 2000;

export interface TargetOptions {
  session: {
    cluster: Pick<Cluster, 'nodes'>;
    log: Pick<ObservationLog, 'all'>;
    probe: Pick<StartedProbe, 'probe'>;
  };
  target: NodeTarget;
  service?: string | undefined;
  /** Of which addresses the announcer is looked for; default: all. */
  families?: readonly Family[] | undefined;
  signal: AbortSignal;
}

/** The node that a scenario means. @throws HarnessError `DUALVIP_FAULT_TARGET` */
export async function targetNode(options: TargetOptions): Promise<ClusterNode> {
  const { session, target } = options;
  const { nodes } = session.cluster;
  if (target === 'control-plane' || target === 'worker') {
    const first = nodes.find(({ role }) => role === target);
    return foundNode(first, `the cluster has no ${target}`);
  }
  const announcer = await announcerNode(options);
  if (target === 'announcer') return announcer;
  const other = nodes.find(({ name, role }) => role === 'worker' && name !== announcer.name);
  return foundNode(other, `the cluster has no worker beside ${announcer.name}`);
}

function foundNode(node: ClusterNode | undefined, problem: string): ClusterNode {
  if (node) return node;
  throw new HarnessError('DUALVIP_FAULT_TARGET', problem, {
    hint: 'Take a cluster with more nodes: dualvip up --workers 2.',
  });
}

/** The one node whose MAC address the client has for every address: it has just connected to each. */
async function announcerNode({
  session,
  service = '',
  families = FAMILIES,
  signal,
}: TargetOptions): Promise<ClusterNode> {
  const { cluster, log, probe } = session;
  const state = serviceStateAt(log.all(), service, Infinity).service;
  const addresses = (state?.addresses ?? []).filter((address) => families.includes(familyOf(address)));
  const port = Number(state?.ports?.find((one) => one.startsWith('TCP/'))?.slice('TCP/'.length) ?? ANY_PORT);
  const seen = await Promise.all(
    addresses.map(async (address) => {
      const target = { protocol: 'tcp', address, port, timeoutMs: WITHIN_MS } as const;
      const { neighbour } = await probe.probe({ ...target, signal });
      return { address, node: announcerOf(neighbour?.mac, cluster.nodes) };
    }),
  );
  const names = new Set(seen.map(({ node }) => node));
  const [name] = names;
  const found = names.size === 1 ? cluster.nodes.find((node) => node.name === name) : undefined;
  if (found) return found;
  const words = seen.map(({ address, node }) => `${address} by ${node ?? 'no node'}`).join(', ');
  throw new HarnessError(
    'DUALVIP_FAULT_TARGET',
    `the Service "${service}" has no one announcer: ${words || 'it has no address'}`,
    { hint: 'Probe it before the fault, and name one family where each has an announcer of its own.' },
  );
}
