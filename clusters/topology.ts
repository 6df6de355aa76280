import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { parseDocument } from 'yaml';

import type { Family } from '../base/addresses.ts';
import { PROJECT_ROOT } from '../base/folders.ts';

/** The cluster shapes of kind-config/; kube-proxy is in nftables mode where the name does not say otherwise. */
export const TOPOLOGIES = ['dual', 'dual-v6-primary', 'dual-iptables', 'ipv4', 'ipv6'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

/** The families of a topology, the primary one first. */
export const TOPOLOGY_FAMILIES: Record<Topology, readonly Family[]> = {
  dual: ['IPv4', 'IPv6'],
  'dual-v6-primary': ['IPv6', 'IPv4'],
  'dual-iptables': ['IPv4', 'IPv6'],
  ipv4: ['IPv4'],
  ipv6: ['IPv6'],
};

export interface KindConfigOptions {
  topology: Topology;
  workers: number;
  /** What the engine lacks; decides which patches its nodes need. */
  engine: { capSysResource: boolean; cgroupVersion: 1 | 2 };
}

/** kind's configuration for a cluster: the topology's file, the number of workers, and patches for the engine. */
export async function kindConfig(options: KindConfigOptions): Promise<string> {
  const file = path.join(PROJECT_ROOT, 'kind-config', `${options.topology}.yaml`);
  return renderKindConfig(await readFile(file, 'utf8'), options);
}

/** As `kindConfig`, on the text of a topology's file. */
export function renderKindConfig(text: string, { workers, engine }: KindConfigOptions): string {
  const document = parseDocument(text);
  const roles = ['control-plane', ...Array.from({ length: workers }, () => 'worker')];
  document.set('nodes', document.createNode(roles.map((role) => ({ role }))));
  for (const patch of enginePatches(engine)) document.addIn(['kubeadmConfigPatches'], patch);
  return document.toString();
}

function enginePatches(engine: KindConfigOptions['engine']): string[] {
  const patches: string[] = [];
  if (engine.cgroupVersion === 1) {
    // The kubelet refuses cgroup v1 since Kubernetes 1.35 unless told otherwise.
    patches.push('kind: KubeletConfiguration\nfailCgroupV1: false\n');
  }
  if (!engine.capSysResource) {
    // Without CAP_SYS_RESOURCE neither OOM scores nor limits can be raised: the kubelet then must take their
    // failure as rootless clusters do, and kube-proxy must leave the connection table's size alone.
    patches.push('kind: KubeletConfiguration\nfeatureGates: {KubeletInUserNamespace: true}\n');
    patches.push('kind: KubeProxyConfiguration\nconntrack: {maxPerCore: 0, min: 0}\n');
  }
  return patches;
}
