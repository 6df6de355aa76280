import { LABEL, type Docker } from '../docker.ts';

export interface BuildImageOptions {
  docker: Docker;
  signal: AbortSignal;
  reference: string;
  dockerfile: string;
  context: string;
  arguments: Readonly<Record<string, string>>;
  label: string;
  /** True: its instructions may fetch packages. */
  fetches?: boolean;
}

/** `docker build`, mostly with nothing fetched from anywhere. Every base is local, so both builders do. */
export async function buildImage(options: BuildImageOptions): Promise<void> {
  const { docker, signal, reference, dockerfile, context, label, fetches = false } = options;
  const buildArguments = Object.entries(options.arguments).flatMap(([k, v]) => ['--build-arg', `${k}=${v}`]);
  await docker.run(
    [
      'build',
      '--quiet',
      `--network=${fetches ? 'default' : 'none'}`,
      '--force-rm',
      '--label',
      `${LABEL.image}=${label}`,
      '--tag',
      reference,
      ...buildArguments,
      '--file',
      dockerfile,
      context,
    ],
    { signal },
  );
}
