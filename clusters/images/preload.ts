import { pipe } from '../../base/command.ts';
import { converge } from '../../base/converge.ts';
import { LABEL, type Docker } from '../docker.ts';

/** Pinned, so that the kubelet's clean-up of unused images leaves them. */
const CTR_IMPORT = [
  'ctr',
  '--namespace=k8s.io',
  'images',
  'import',
  '--label=io.cri-containerd.pinned=pinned',
  '--no-unpack',
  '-',
];

export interface PreloadOptions {
  docker: Docker;
  signal: AbortSignal;
  from: string;
  reference: string;
  /** Images that the engine has. */
  references: readonly string[];
}

/**
 * Commits `from` plus container images in its containerd as `reference`, so that a cluster has nothing to
 * load at its start. The images stay packed: each node unpacks what it runs.
 */
export async function preload(options: PreloadOptions): Promise<void> {
  const { docker, signal, from, reference, references } = options;
  await using container = await startBuilder(docker, from, signal);
  const exec = (...command: string[]) => docker.run(['exec', container.id, ...command], { signal });
  await docker.run(['exec', '--detach', container.id, 'containerd'], { signal });
  await converge({
    what: 'containerd in the image builder',
    observe: () => exec('ctr', 'version'),
    until: () => true,
    timeoutMs: 30_000,
    intervalMs: 200,
    signal,
  });
  await pipe(['docker', 'save', ...references], ['docker', 'exec', '-i', container.id, ...CTR_IMPORT], {
    signal,
    env: docker.environment,
  });
  await exec('pkill', '--exact', 'containerd');
  await converge({
    what: 'containerd in the image builder to end',
    observe: () => exec('sh', '-c', 'pgrep --exact containerd || echo none'),
    until: (output) => output === 'none',
    timeoutMs: 30_000,
    intervalMs: 100,
    signal,
  });
  await docker.run(
    [
      'commit',
      '--change',
      'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]',
      '--change',
      'CMD []',
      '--change',
      `LABEL ${LABEL.image}=node`,
      container.id,
      reference,
    ],
    { signal },
  );
}

async function startBuilder(docker: Docker, image: string, signal: AbortSignal) {
  const id = await docker.run(
    [
      'run',
      '--detach',
      '--privileged',
      '--network=none',
      '--label',
      `${LABEL.image}=builder`,
      '--entrypoint',
      '/bin/sleep',
      image,
      '3600',
    ],
    { signal },
  );
  return {
    id,
    async [Symbol.asyncDispose]() {
      await docker.run(['rm', '--force', '--volumes', id]);
    },
  };
}
