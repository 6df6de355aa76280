import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

import { KIND_CLUSTER_LABEL } from '../clusters/cluster-removal.ts';
import type { Docker } from '../clusters/docker.ts';
import { userEnvironment } from './command-line.ts';
import { leftOver } from './left-over.ts';
import { openShared } from './shared-cluster.ts';

export const USERS_KUBECONFIG = 'apiVersion: v1\nkind: Config\n# not to be touched\n';

/** A user's home and state folder for tests, on the machine's engine, with the machine's caches. */
export interface OwnHome extends AsyncDisposable {
  docker: Docker;
  /** For commands of this user. */
  env: NodeJS.ProcessEnv;
  home: string;
  /** `DUALVIP_STATE_DIR`: cluster folders are in `clusters` under it. */
  states: string;
  /** What is there of a cluster: containers, network, folder. */
  left(cluster: string): Promise<string[]>;
  /** Starts a container that looks like a node of somebody's kind cluster, and gives its name. */
  startForeignNode(cluster: string): Promise<string>;
}

/** Disposing removes the folders, and every container and network whose name begins with the prefix. */
export async function makeOwnHome(prefix: string): Promise<OwnHome> {
  await using shared = await openShared();
  const { docker } = shared;
  const { probe } = shared.cluster.state.images;
  const folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-home-'));
  const home = folder.path;
  const states = path.join(home, 'state');
  await mkdir(path.join(home, '.kube'));
  await writeFile(path.join(home, '.kube', 'config'), USERS_KUBECONFIG);
  // A client finds its engine by its home's configuration, unless it is told.
  const engineVariables = Object.entries(shared.engine.environment).filter(([name]) =>
    name.startsWith('DOCKER_'),
  );
  const { GOPATH, XDG_CACHE_HOME } = userEnvironment();
  return {
    docker,
    home,
    states,
    env: {
      ...Object.fromEntries(engineVariables),
      HOME: home,
      DUALVIP_STATE_DIR: states,
      KUBECONFIG: undefined,
      // What was compiled before is not compiled again.
      GOPATH: GOPATH ?? path.join(homedir(), 'go'),
      XDG_CACHE_HOME: XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
    },
    left: (cluster) => leftOver(docker, cluster, states),
    async startForeignNode(cluster) {
      const name = `${cluster}-control-plane`;
      const label = ['--label', `${KIND_CLUSTER_LABEL}=${cluster}`];
      const rest = ['--network', 'none', '--entrypoint', 'sleep', probe, '7200'];
      await docker.run(['run', '--detach', '--init', '--name', name, ...label, ...rest]);
      return name;
    },
    async [Symbol.asyncDispose]() {
      await removeByPrefix(docker, prefix);
      await folder.remove();
    },
  };
}

async function removeByPrefix(docker: Docker, prefix: string): Promise<void> {
  const filter = ['--filter', `name=^${prefix}`, '--format', '{{.Names}}'];
  const containers = await docker.lines(['ps', '--all', ...filter]);
  if (containers.length > 0) await docker.run(['rm', '--force', '--volumes', ...containers]);
  const names = await docker.lines(['network', 'ls', '--format', '{{.Name}}']);
  const networks = names.filter((name) => name.startsWith(prefix));
  if (networks.length > 0) await docker.run(['network', 'rm', ...networks]);
}
