import { z } from 'zod';

import { canonical, FAMILIES, familyOf, type Family } from '../../base/addresses.ts';
import { HarnessError, UsageError } from '../../base/errors.ts';
import type { Cluster } from '../cluster.ts';
import { Docker } from '../docker.ts';
import { installedImplementation, runningImplementation } from '../implementations/installed.ts';
import type { Implementation } from '../implementations/implementation.ts';
import { BACKEND, canonicalName } from '../images/published/pins.ts';
import { KubernetesClient } from '../kubernetes/client.ts';
import { readContext } from '../kubernetes/kubeconfig.ts';
import { nodeSchema, readAs, serviceSchema, type KubernetesObject } from '../kubernetes/objects.ts';
import type { ClusterNode } from '../nodes.ts';
import { TOPOLOGY_FAMILIES, type Topology } from '../topology.ts';

/** Ranges that its owner has given away for a run, as `first-last`. */
export type GivenRanges = Partial<Record<Family, string>>;

/** A container that the user has started on the nodes' link. */
export interface GivenProbe {
  id: string;
  name: string;
  /** Its only network. */
  network: string;
}

/** How a cluster is reached that somebody else has made and runs. Plain data without credentials. */
export interface ExistingAccess {
  kubeconfig: string;
  context?: string | undefined;
  /** As named by the user: `metallb@0.15.2`. Undefined: what runs there is read from it. */
  implementation?: string | undefined;
  ranges: GivenRanges;
  probe?: GivenProbe | undefined;
  /** Of the backends; undefined: the published one. */
  backendImage?: string | undefined;
}

/** A cluster that somebody else has made, opened; disposing closes connections. */
export interface ExistingCluster extends Cluster {
  existing: ExistingAccess;
  implementation: Implementation;
  /** Its API server, by which it is known whatever its context is called. */
  server: string;
}

/** Those of the features that would take more of somebody's cluster than pools and Services. */
const NOT_THERE = ['bgp', 'bgp-ipv4', 'bgp-ipv4-only'];

/**
 * Connects to a cluster in which somebody runs MetalLB. Only reads.
 * @throws HarnessError, UsageError: by the name of what is wrong with the kubeconfig, or with what runs there
 */
export async function openExisting(access: ExistingAccess, signal: AbortSignal): Promise<ExistingCluster> {
  const { context, access: toApi } = await readContext(access.kubeconfig, access.context);
  const client = new KubernetesClient(toApi);
  try {
    return await describe(client, { access, context, server: toApi.server, signal });
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

async function describe(
  client: KubernetesClient,
  options: { access: ExistingAccess; context: string; server: string; signal: AbortSignal },
): Promise<ExistingCluster> {
  const { access, context, server, signal } = options;
  const implementation = await implementationOf(client, access.implementation, signal);
  const [{ items: nodes }, kubernetes, kubernetesVersion] = await Promise.all([
    client.list({ apiVersion: 'v1', kind: 'Node' }, { signal }),
    client.get({ apiVersion: 'v1', kind: 'Service', name: 'kubernetes', namespace: 'default' }, { signal }),
    versionOf(client, signal),
  ]);
  const [primary] = readAs(serviceSchema, kubernetes).spec.ipFamilies;
  const topology = topologyOf(primary ?? 'IPv4', nodes);
  return {
    existing: access,
    implementation,
    server,
    state: {
      // A context may be called anything: this is a file's name, too.
      name: context.replaceAll(/[^\w.-]+/g, '-'),
      topology,
      workers: nodes.length,
      implementation: implementation.ref,
      images: {
        origin: 'published',
        node: '',
        probe: '',
        backend: access.backendImage ?? canonicalName(BACKEND),
        kubernetesVersion,
      },
      network: { name: access.probe?.network ?? '', ours: false },
      createdAt: new Date().toISOString(),
      phase: 'ready',
    },
    docker: new Docker(process.env),
    client,
    network: { name: access.probe?.network ?? '', id: '', subnets: {}, gateways: {}, occupied: [] },
    nodes: nodes.map(nodeOf),
    kubeconfig: access.kubeconfig,
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

async function implementationOf(
  client: KubernetesClient,
  named: string | undefined,
  signal: AbortSignal,
): Promise<Implementation> {
  const [name] = named?.split(/[@/]/) ?? [];
  const found = await installedImplementation(client, name, signal);
  if (found.ref.name !== 'metallb') {
    throw new UsageError(
      'DUALVIP_IMPLEMENTATION_UNSUPPORTED',
      `the cluster has ${found.ref.name}: only MetalLB is run in a cluster that dualvip has not made`,
      { hint: `dualvip run --implementation ${found.ref.name} makes a cluster of its own.` },
    );
  }
  const { version, mode, controller } = await found.facts(client, signal);
  if (controller.unfollowed !== undefined) {
    throw new HarnessError('DUALVIP_IMPLEMENTATION_UNFOLLOWED', controller.unfollowed, {
      hint: 'No run is possible there; `dualvip diagnose` and `dualvip bundle --from-cluster` are.',
    });
  }
  const { place } = controller;
  const running = runningImplementation({ name: found.ref.name, version, mode, place }, named);
  return {
    ...running,
    features: new Set([...running.features].filter((feature) => !NOT_THERE.includes(feature))),
  };
}

const versionSchema = z.looseObject({ gitVersion: z.string() });

async function versionOf(client: KubernetesClient, signal: AbortSignal): Promise<string> {
  return readAs(versionSchema, await client.request({ method: 'GET', path: '/version', signal })).gitVersion;
}

/** By the families of every node's addresses, and that of the API's own Service, which is the primary one. */
export function topologyOf(primary: Family, nodes: readonly KubernetesObject[]): Topology {
  const [other = primary] = FAMILIES.filter((family) => family !== primary);
  const isDual = nodes.length > 0 && nodes.every((node) => other in addressesOf(node));
  if (isDual) return primary === 'IPv4' ? 'dual' : 'dual-v6-primary';
  return primary === 'IPv4' ? 'ipv4' : 'ipv6';
}

/** Of each family the first: that is the one which the kubelet takes. */
function addressesOf(node: KubernetesObject): ClusterNode['addresses'] {
  const internal = readAs(nodeSchema, node).status.addresses.filter(({ type }) => type === 'InternalIP');
  const addresses: ClusterNode['addresses'] = {};
  for (const { address } of internal) addresses[familyOf(address)] ??= canonical(address);
  return addresses;
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

function nodeOf(object: KubernetesObject): ClusterNode {
  const { name, labels } = object.metadata;
  return {
    name,
    // It is no container that anybody here could reach into.
    containerId: '',
    role: labels && CONTROL_PLANE in labels ? 'control-plane' : 'worker',
    addresses: addressesOf(object),
    // Learned from the link, where there is a probe.
    mac: '',
  };
}

/** The families that a run can do with: the cluster has them, and a range of them was given. */
export function familiesOf({ existing, state }: Pick<ExistingCluster, 'existing' | 'state'>): Family[] {
  return FAMILIES.filter(
    (family) => existing.ranges[family] !== undefined && TOPOLOGY_FAMILIES[state.topology].includes(family),
  );
}
