import { pipe } from '../../base/command.ts';
import { converge } from '../../base/converge.ts';
import { LABEL, type Docker } from '../docker.ts';

const PINNED = 'io.cri-containerd.pinned=pinned';

/** Pinned, so that the kubelet's clean-up of unused images leaves them. */
const CTR_IMPORT = ['ctr', '--namespace=k8s.io', 'images', 'import', `--label=${PINNED}`, '--no-unpack', '-'];

export interface PreloadOptions {
  docker: Docker;
  signal: AbortSignal;
  from: string;
  reference: string;
  /** Images that the engine has, and the names that they get in the cluster. */
  images: readonly { local: string; name: string }[];
}

/**
 * Commits `from` plus container images in its containerd as `reference`, so that a cluster has nothing to
 * load at its start. The images stay packed: each node unpacks what it runs.
 */
export async function preload(options: PreloadOptions): Promise<void> {
  const { docker, signal, from, reference, images } = options;
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
  await pipe(
    ['docker', 'save', ...images.map(({ local }) => local)],
    ['docker', 'exec', '-i', container.id, ...CTR_IMPORT],
    {
      signal,
      env: docker.environment,
    },
  );
  for (const { local, name } of images) await rename({ exec, local, name });
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

interface Renaming {
  exec: (...command: string[]) => Promise<string>;
  local: string;
  name: string;
}

async function rename({ exec, local, name }: Renaming): Promise<void> {
  const [from, to] = [local, name].map(fullName);
  if (from === undefined || to === undefined || from === to) return;
  const ctr = (...command: string[]) => exec('ctr', '--namespace=k8s.io', 'images', ...command);
  await ctr('tag', from, to);
  await ctr('label', to, PINNED);
  await ctr('rm', from);
}

/** As containerd has it: `dualvip/part:x` is `docker.io/dualvip/part:x`. */
function fullName(reference: string): string {
  const [first = '', second] = reference.split('/');
  if (second === undefined) return `docker.io/library/${reference}`;
  return /[.:]|^localhost$/.test(first) ? reference : `docker.io/${reference}`;
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
