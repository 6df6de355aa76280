import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

import { UsageError } from '../base/errors.ts';
import { makePrivateFolder, stateFolder } from '../base/folders.ts';
import { checkoutIdentitySchema } from './images/checkout/checkout.ts';
import { TOPOLOGIES } from './topology.ts';

/** What is known of a cluster from outside it. Written before anything is made, so that a crash leaves a trace. */
export const clusterStateSchema = z.object({
  name: z.string(),
  topology: z.enum(TOPOLOGIES),
  workers: z.number().int().min(1),
  implementation: z.object({
    name: z.string(),
    version: z.string(),
    mode: z.string(),
    build: checkoutIdentitySchema.optional(),
  }),
  images: z.object({
    origin: z.enum(['source', 'published']),
    node: z.string(),
    probe: z.string(),
    backend: z.string(),
    kubernetesVersion: z.string(),
  }),
  network: z.object({ name: z.string(), ours: z.boolean() }),
  createdAt: z.string(),
  /** Why it is still there: a run was told to keep it, or a case in it stands as it was when it failed. */
  kept: z
    .object({
      by: z.string(),
      at: z.string(),
      /** The case; another run on the cluster would take it away. */
      holds: z.string().optional(),
    })
    .optional(),
  /** `ready` only when every check has passed; anything else is a cluster to remove. */
  phase: z.enum(['creating', 'ready']),
});

export type ClusterState = z.infer<typeof clusterStateSchema>;

function clustersFolder(): string {
  return path.join(stateFolder(), 'clusters');
}

export function clusterFolder(name: string): string {
  return path.join(clustersFolder(), name);
}

/** The cluster's own kubeconfig; the user's ~/.kube/config is never touched. */
export function kubeconfigPath(name: string): string {
  return path.join(clusterFolder(name), 'kubeconfig');
}

/** kind's configuration, as the cluster was made of it. */
export function kindConfigPath(name: string): string {
  return path.join(clusterFolder(name), 'kind.yaml');
}

/** The implementation's manifests, as they were applied, without Secrets. */
export function manifestsPath(name: string): string {
  return path.join(clusterFolder(name), 'implementation.yaml');
}

/** Node names are `<name>-control-plane`, which Kubernetes limits to 63 characters. @throws UsageError */
export function checkClusterName(name: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) return;
  throw new UsageError('DUALVIP_CLUSTER_NAME', `"${name}" cannot be a cluster's name`, {
    hint: 'Use at most 40 lower-case letters, digits and dashes, beginning and ending with a letter or digit.',
  });
}

export async function writeClusterState(state: ClusterState): Promise<void> {
  const folder = await makePrivateFolder(clusterFolder(state.name));
  await chmod(folder, 0o700);
  await writeFileAtomic(path.join(folder, 'cluster.json'), `${JSON.stringify(state, null, 2)}\n`, {
    mode: 0o600,
  });
}

/** undefined where there is no such cluster, or where its file cannot be read (a crash while it was made). */
export async function readClusterState(name: string): Promise<ClusterState | undefined> {
  try {
    const text = await readFile(path.join(clusterFolder(name), 'cluster.json'), 'utf8');
    return clusterStateSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Names of all clusters with a state folder, readable or not. */
export async function clusterNames(): Promise<string[]> {
  try {
    const entries = await readdir(clustersFolder(), { withFileTypes: true });
    // A lock is a folder beside the cluster's (base/exclusive.ts).
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.endsWith('.lock'));
    return folders.map((entry) => entry.name);
  } catch {
    return [];
  }
}

export async function removeClusterState(name: string): Promise<void> {
  // With the lock that a run has left which was killed (base/exclusive.ts).
  for (const folder of [clusterFolder(name), `${clusterFolder(name)}.lock`]) {
    await rm(folder, { recursive: true, force: true });
  }
}
