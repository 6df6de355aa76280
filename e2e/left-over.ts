import { access } from 'node:fs/promises';
import path from 'node:path';

import { KIND_CLUSTER_LABEL } from '../clusters/cluster-removal.ts';
import { LABEL, type Docker } from '../clusters/docker.ts';

/** What is in the engine of a cluster: containers, then networks, by name. */
export async function engineObjects(docker: Docker, cluster: string): Promise<string[]> {
  const containers = (label: string) =>
    docker.lines(['ps', '--all', '--filter', `label=${label}=${cluster}`, '--format', '{{.Names}}']);
  const networks = await docker.lines(['network', 'ls', '--format', '{{.Name}}']);
  return [
    ...(await containers(KIND_CLUSTER_LABEL)).sort(),
    ...(await containers(LABEL.cluster)).sort(),
    ...networks.filter((name) => name === cluster),
  ];
}

/** The same, and the cluster's folder under `states`, where it is there. */
export async function leftOver(docker: Docker, cluster: string, states: string): Promise<string[]> {
  const folder = path.join(states, 'clusters', cluster);
  return [...(await engineObjects(docker, cluster)), ...((await exists(folder)) ? [folder] : [])];
}

export async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
