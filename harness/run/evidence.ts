import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { stringify } from 'yaml';

import { messageOf } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { KubernetesObject } from '../../clusters/kubernetes/objects.ts';
import type { WayOut } from '../bgp/way-out.ts';
import type { Session } from './session.ts';

/** The evidence folder of one scenario, and the names of what is in it, relative to the run's folder. */
export class Evidence {
  readonly #run: string;
  readonly #folder: string;
  readonly files: string[] = [];

  /** A further attempt has a folder of its own: what a red one has left is not written over. */
  constructor(session: Session, scenario: string, attempt: number) {
    this.#run = session.folder;
    this.#folder = path.join('scenarios', scenario, ...(attempt === 1 ? [] : [`attempt-${attempt}`]));
  }

  /** Writes one file; `name` may have folders in it. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    const relative = path.join(this.#folder, name);
    const file = path.join(this.#run, relative);
    await mkdir(path.dirname(file), { recursive: true });
    try {
      await writeFile(file, content);
    } catch (error) {
      // Half of it, where the disk is full.
      await rm(file, { force: true });
      throw error;
    }
    this.files.push(relative);
  }

  /** What was applied, as the API got it. */
  async applied(name: string, objects: readonly KubernetesObject[]): Promise<void> {
    await this.write(`applied/${name}`, objects.map((object) => stringify(object)).join('---\n'));
  }

  /** What passed at the client since the scenario began: a file for Wireshark and tcpdump. */
  async capture({ probe, log }: Session, since: number): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs('evidence'));
    try {
      await this.write('capture.pcap', await probe.capture.file(log.monotonic(since), signal));
    } catch (error) {
      await this.write('capture.txt', `could not be taken: ${messageOf(error)}\n`);
    }
  }

  /**
   * Everything that a maintainer asks for after a failure, before anything is cleaned up: the implementation's
   * logs and objects, the namespace's objects, neighbour tables and routes of probe and nodes, and what the client
   * has captured since the scenario began. What cannot be had says so in its place.
   */
  async gather(session: Session, since: number, wayOut?: WayOut): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs('evidence'));
    const { cluster, probe, implementation, namespace, faults } = session;
    const take = async (name: string, work: () => Promise<string>) => {
      const content = await work().catch((error: unknown) => `could not be taken: ${messageOf(error)}\n`);
      await this.write(name, content);
    };
    const list =
      (kind: string, apiVersion = 'v1') =>
      async () =>
        json((await cluster.client.list({ apiVersion, kind }, { namespace, signal })).items);
    await Promise.all([
      ...['Service', 'Pod', 'Event'].map((kind) => take(`objects/${kind}.json`, list(kind))),
      take('objects/EndpointSlice.json', list('EndpointSlice', 'discovery.k8s.io/v1')),
      take('probe/neighbours.json', async () => json(await probe.neighbours(signal))),
      this.capture(session, since),
      take('probe/routes.json', async () => json(await probe.routes(signal))),
      take('faults.json', async () => json(await faults.active())),
      // Nobody reaches into the nodes of a cluster that is somebody's own.
      ...(cluster.existing ? [] : cluster.nodes).map((node) =>
        take(`nodes/${node.name}.txt`, () =>
          cluster.docker.run(
            [
              'exec',
              node.containerId,
              'sh',
              '-c',
              'ip address; ip neigh; ip route; ip -6 route; ip rule; ip -6 rule; nft list ruleset',
            ],
            { signal },
          ),
        ),
      ),
      this.#implementation(session, implementation.evidence(cluster.client, signal)),
      ...(wayOut ? [this.#wayOut(wayOut, signal)] : []),
    ]);
  }

  async #wayOut({ router, client }: WayOut, signal: AbortSignal): Promise<void> {
    const routes = await client.routes(signal).then(json, messageOf);
    const files = { ...(await router.evidence(signal)), 'client/routes.json': routes };
    await Promise.all(Object.entries(files).map(([name, content]) => this.write(name, content)));
  }

  async #implementation({ implementation }: Session, files: Promise<Record<string, string>>): Promise<void> {
    const contents = await files.catch((error: unknown) => ({
      [`${implementation.ref.name}.txt`]: `could not be taken: ${messageOf(error)}\n`,
    }));
    await Promise.all(Object.entries(contents).map(([name, content]) => this.write(name, content)));
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
