import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FAMILIES, familyOf, hostPort, type Family } from '../base/addresses.ts';
import { converge } from '../base/converge.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { podSchema, readAs, type KubernetesObject, type Pod } from '../clusters/kubernetes/objects.ts';
import { rolloutComplete } from '../clusters/kubernetes/rollout.ts';
import { waitFor, waitForNodesReady } from '../clusters/kubernetes/waiting.ts';
import { workerOf } from './addresses-of.ts';
import { dualvip } from './command-line.ts';
import { missingRoutes, neededRoutes, type PodRoute } from './pod-routes.ts';
import { openShared, sharedName } from './shared-cluster.ts';

const NAMESPACE = 'e2e-restart';
const PORT = 8080;

/** One story, told in order: Docker takes a restarted node's routes away, and its CNI has to put them back. */
describe('a worker that is restarted', () => {
  const cleanup = new AsyncDisposableStack();
  let cluster: Cluster;
  let worker: string;
  let others: string[];
  let needed: PodRoute[];
  let restartedAt: number;

  beforeAll(async () => {
    ({ cluster } = cleanup.use(await openShared()));
    worker = workerOf(cluster).name;
    others = cluster.nodes.map(({ name }) => name).filter((name) => name !== worker);
    needed = await neededRoutes(cluster, worker);
    cleanup.defer(() =>
      cluster.client.deleteAndWait([{ apiVersion: 'v1', kind: 'Namespace', name: NAMESPACE }], {
        timeoutMs: 240_000,
      }),
    );
    await cluster.client.applyAll(backendOn(worker, cluster.state.images.backend));
    await waitFor(cluster.client, {
      ref: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: NAMESPACE },
      what: 'a pod on the worker',
      until: rolloutComplete,
      timeoutMs: 240_000,
    });
  });

  afterAll(() => cleanup.disposeAsync());

  async function pods(namespace: string): Promise<Pod[]> {
    const { items } = await cluster.client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace });
    return items.map((item) => readAs(podSchema, item)).filter(({ spec }) => spec.nodeName === worker);
  }

  /** Who answers each node at the pod's address of a family; the pod's own name where all is well. */
  async function answers(family: Family): Promise<{ pod: string; answers: string[] }> {
    const [pod] = await pods(NAMESPACE);
    const address = pod?.status.podIPs.find(({ ip }) => familyOf(ip) === family)?.ip;
    if (pod === undefined || address === undefined) return { pod: 'none', answers: [] };
    const url = `http://${hostPort(address, PORT)}/hostname`;
    const ask = ['curl', '--silent', '--show-error', '--fail', '--max-time', '10', url];
    return {
      pod: pod.metadata.name,
      answers: await Promise.all(others.map((node) => cluster.docker.run(['exec', node, ...ask]))),
    };
  }

  /** The pod is Ready when one family answers; the other one's neighbours may still be found. */
  async function answered(family: Family): Promise<{ pod: string; names: string[] }> {
    const { pod, answers: names } = await converge({
      what: `answers of the pod over ${family}`,
      observe: () => answers(family),
      until: (seen) => seen.answers.length === others.length,
      timeoutMs: 240_000,
      intervalMs: 500,
    });
    return { pod, names };
  }

  it.each(FAMILIES)('has routes to, and is reached from, every other node over %s before', async (family) => {
    const ofFamily = needed.filter((route) => route.family === family);
    expect(ofFamily).toHaveLength(others.length);
    expect(await missingRoutes(cluster, worker, ofFamily)).toEqual([]);
    const { pod, names } = await answered(family);
    expect(pod).toMatch(/^web-/);
    expect(names).toEqual(others.map(() => pod));
  });

  // The control: routes that are there later were put back, and had not merely stayed.
  it('has lost every route right after', async () => {
    restartedAt = Math.floor(Date.now() / 1000) * 1000;
    await cluster.docker.run(['restart', '--time', '1', worker]);
    expect(await missingRoutes(cluster, worker, needed)).toEqual(needed);
  });

  it('has its routes again, and so have the other nodes', async () => {
    const missing = async () => {
      const nodes = [worker, ...others];
      const wanted = await Promise.all(nodes.map((node) => neededRoutes(cluster, node)));
      const lists = await Promise.all(
        nodes.map((node, index) => missingRoutes(cluster, node, wanted[index] ?? [])),
      );
      return lists.flatMap((list, index) => list.map((route) => ({ node: nodes[index], ...route })));
    };
    const left = await converge({
      what: 'the routes to the pods of other nodes',
      observe: missing,
      until: (routes) => routes.length === 0,
      timeoutMs: 240_000,
      intervalMs: 500,
    });
    expect(left).toEqual([]);
    await waitForNodesReady(cluster.client, { count: others.length + 1, timeoutMs: 240_000 });
  });

  it.each(FAMILIES)('has a pod that every other node reaches over %s again', async (family) => {
    const { pod, names } = await answered(family);
    expect(names).toEqual(others.map(() => pod));
  });

  it('has a speaker again, and VIPs of both families answer', async () => {
    await converge({
      what: 'the speaker of the worker',
      observe: async () => (await pods('metallb-system')).map((pod) => ({ at: readySince(pod) })),
      until: (speakers) => speakers.length > 0 && speakers.every(({ at }) => at >= restartedAt),
      timeoutMs: 240_000,
      intervalMs: 500,
    });
    await using reports = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-reports-'));
    const flags = ['--name', sharedName(), '--reports', reports.path];
    const end = await dualvip(['run', '-t', 'c2-dual-pool', ...flags]);
    expect(end.stdout).toMatch(/^✓ c2-dual-pool {2}IPv4 pass {2}IPv6 pass {2}pair pass /m);
    expect(end.exitCode).toBe(0);
  });
});

/** When all containers of a pod were ready and the last of them had started, in ms; 0 while one is not. */
function readySince({ status }: Pod): number {
  const started = status.containerStatuses.map(({ ready, state }) => {
    const running = state?.['running'];
    const isRunning = ready && typeof running === 'object' && running !== null && 'startedAt' in running;
    return isRunning ? Date.parse(String(running.startedAt)) : 0;
  });
  return started.length === 0 ? 0 : Math.min(...started);
}

function backendOn(node: string, image: string): KubernetesObject[] {
  const labels = { app: 'web' };
  const container = {
    name: 'web',
    image,
    imagePullPolicy: 'IfNotPresent',
    args: ['netexec', `--http-port=${PORT}`],
    readinessProbe: { httpGet: { path: '/healthz', port: PORT }, periodSeconds: 1 },
  };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: NAMESPACE },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            nodeSelector: { 'kubernetes.io/hostname': node },
            terminationGracePeriodSeconds: 1,
            containers: [container],
          },
        },
      },
    },
  ];
}
