import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { monotonicMs } from '../base/clock.ts';
import type { CommandOptions } from '../base/command.ts';
import { HarnessError } from '../base/errors.ts';
import { lineProgress, silent } from '../base/progress.ts';
import { makeImages } from '../cli/prepare.ts';
import { removeCluster } from '../clusters/cluster-removal.ts';
import { createCluster } from '../clusters/cluster-creation.ts';
import { Docker } from '../clusters/docker.ts';
import type { Engine } from '../clusters/engine/engine.ts';
import { provideImages, type NodeImages } from '../clusters/images/images.ts';
import { canonicalName, pullReference } from '../clusters/images/published/pins.ts';
import { publishedImages, type PublishedSet } from '../clusters/images/published/published.ts';
import type { Implementation } from '../clusters/implementations/implementation.ts';
import { ImageGuard } from './image-guard.ts';
import { startRegistry, type LoopbackRegistry } from './loopback-registry.ts';
import { pushStandIns } from './stand-ins.ts';

/** The docker client, with what it was asked kept. */
class RecordingDocker extends Docker {
  readonly asked: string[] = [];

  override run(args: readonly string[], options?: Omit<CommandOptions, 'env'>): Promise<string> {
    this.asked.push(args.join(' '));
    return super.run(args, options);
  }
}

// Compiling what the stand-ins are made of is the long part, on a machine that has not done it before.
const signal = AbortSignal.timeout(25 * 60_000);
const cleanup = new AsyncDisposableStack();

let engine: Engine;
let docker: Docker;
let implementation: Implementation;
let registry: LoopbackRegistry;
let guard: ImageGuard;
let set: PublishedSet;
let images: NodeImages;

const all = () => [set.node, set.backend, set.probeRuntime, ...set.implementation];

/** Published mode against the registry; what the test pulls or makes is taken back in the end. */
async function published(options: { docker?: Docker; set?: PublishedSet } = {}): Promise<NodeImages> {
  const provided = await publishedImages({
    docker: options.docker ?? docker,
    set: options.set ?? set,
    implementation,
    registryPrefix: registry.prefix,
    progress: silent,
    signal,
  });
  guard.add(provided.node, provided.probe);
  return provided;
}

const execute = (image: string, ...command: string[]) =>
  docker.run(['run', '--rm', '--network=none', image, ...command], { signal });

beforeAll(async () => {
  const made = await makeImages(
    { images: 'source', implementation: 'metallb', yes: false },
    { signal, progress: lineProgress(), origin: monotonicMs(), print: () => {} },
  );
  ({ engine, docker, implementation } = made);
  registry = cleanup.use(await startRegistry(signal));
  guard = cleanup.use(await ImageGuard.start(docker));
  set = await pushStandIns({
    docker,
    implementation,
    source: made.images,
    registry: registry.prefix,
    onName: (name) => guard.add(name),
    signal,
  });
  guard.add(...all().map(canonicalName));
  await guard.forget(registry.prefix);
});
afterAll(async () => {
  // The names by digest are nobody's to add: a pull makes them.
  if (registry) await guard?.forget(registry.prefix);
  await cleanup.disposeAsync();
});

describe('published images', () => {
  it('are pulled by digest from the registry in the prefix, and get the names of manifests', async () => {
    const recording = new RecordingDocker(docker.environment);
    images = await published({ docker: recording });
    expect(images).toEqual({
      origin: 'published',
      node: expect.stringMatching(/^dualvip\/node:dualvip-stand-in-metallb-[\d.]+-[0-9a-f]{12}$/),
      probe: expect.stringMatching(/^dualvip\/probe:[0-9a-f]{12}$/),
      backend: canonicalName(set.backend),
      kubernetesVersion: set.node.tag,
    });
    const pulls = recording.asked.filter((command) => command.startsWith('pull '));
    expect(pulls.sort()).toEqual(
      all()
        .map((image) => `pull ${registry.prefix}/${image.repository}@${image.digest}`)
        .sort(),
    );
    for (const image of all()) {
      const digests = await docker.run([
        'image',
        'inspect',
        '--format',
        '{{.RepoDigests}}',
        canonicalName(image),
      ]);
      expect(digests).toContain(pullReference(image, registry.prefix));
    }
  });

  it('leave the containerd of a node with every image that a cluster needs', async () => {
    const script =
      'containerd > /tmp/containerd.log 2>&1 & ' +
      'until ctr version > /dev/null 2>&1; do sleep 0.2; done; ctr --namespace=k8s.io images ls --quiet';
    const listed = await docker.run(
      ['run', '--rm', '--privileged', '--network=none', '--entrypoint=/bin/sh', images.node, '-c', script],
      { signal },
    );
    const names = listed.split('\n');
    for (const image of [set.backend, ...set.implementation]) expect(names).toContain(canonicalName(image));
    expect(listed).toContain('/kube-apiserver:');
  });

  it('leave a node that starts as kind’s does', async () => {
    const format = '{{json .Config.Entrypoint}} {{json .Config.Cmd}}';
    expect(await docker.run(['image', 'inspect', '--format', format, images.node])).toBe(
      '["/usr/local/bin/entrypoint","/sbin/init"] []',
    );
  });

  it('make a probe with Node.js, iproute2 and what the agent imports', async () => {
    expect(await execute(images.probe, 'node', '--version')).toBe(process.version);
    expect(await execute(images.probe, 'ip', '-V')).toMatch(/^ip utility, iproute2/);
    expect(await execute(images.probe, 'ip', '-json', 'neigh', 'show')).toMatch(/^\[.*\]$/s);
    const script = "import { Client } from 'undici'; console.log(typeof Client);";
    const imported = await execute(images.probe, 'node', '--input-type=module', '--eval', script);
    expect(imported).toBe('function');
  });

  it('are reused the second time: nothing is pulled or made', async () => {
    const recording = new RecordingDocker(docker.environment);
    expect(await published({ docker: recording })).toEqual(images);
    const verbs = new Set(recording.asked.map((command) => command.split(' ')[0]));
    expect(verbs).toEqual(new Set(['image', 'tag']));
  });

  it('fail for a digest that the registry has not', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const wrong = { ...set, backend: { ...set.backend, digest } };
    const reference = `${registry.prefix}/${set.backend.repository}@${digest}`;
    const failure = await published({ set: wrong }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HarnessError);
    expect(failure).toMatchObject({
      code: 'DUALVIP_PULL_FAILED',
      message: expect.stringMatching(new RegExp(`^${reference} cannot be pulled: .*(not found|unknown)`)),
      hint: 'Is the registry reachable? --registry-prefix names a mirror; --images source builds without one.',
    });
  });

  it('of a mode `auto` with a prefix are not built instead when there is no registry', async () => {
    // Port 9 is discard's: nothing listens there.
    const registryPrefix = '127.0.0.1:9';
    const failure = provideImages({
      mode: 'auto',
      registryPrefix,
      docker: Promise.resolve(docker),
      engineIsNew: false,
      implementation,
      confirm: () => Promise.resolve(false),
      progress: silent,
      signal,
    });
    await expect(failure).rejects.toMatchObject({
      code: 'DUALVIP_PULL_FAILED',
      message: expect.stringMatching(/^127\.0\.0\.1:9\/.* cannot be pulled: .*connection refused/),
    });
  });

  it('do for a cluster: nodes that start, and an implementation that serves', async () => {
    // Named as the shared cluster is, with the worker's process: what a crash leaves, the next run removes.
    const name = `dualvip-e2e-${process.pid}`;
    try {
      await using cluster = await createCluster({
        name,
        topology: 'dual',
        workers: 1,
        engine,
        docker,
        images,
        implementation,
        progress: lineProgress(),
        signal,
      });
      expect(cluster.nodes.map(({ role }) => role)).toEqual(['control-plane', 'worker']);
      const { items: pods } = await cluster.client.list({ apiVersion: 'v1', kind: 'Pod' }, { signal });
      expect(pods.length).toBeGreaterThan(0);
    } finally {
      await removeCluster(docker, name);
    }
  });

  it('fail when the registry is gone', async () => {
    await registry.stop();
    await guard.forget(registry.prefix);
    await expect(published()).rejects.toMatchObject({
      code: 'DUALVIP_PULL_FAILED',
      message: expect.stringMatching(/ cannot be pulled: .*connection refused/),
    });
  });
});
