import { LABEL, type Docker } from '../docker.ts';

export interface BuildImageOptions {
  docker: Docker;
  signal: AbortSignal;
  reference: string;
  dockerfile: string;
  context: string;
  arguments: Readonly<Record<string, string>>;
  label: string;
}

/** `docker build` with nothing fetched from anywhere. Every base is local, so both builders do. */
export async function buildImage(options: BuildImageOptions): Promise<void> {
  const { docker, signal, reference, dockerfile, context, label } = options;
  const buildArguments = Object.entries(options.arguments).flatMap(([k, v]) => ['--build-arg', `${k}=${v}`]);
  await docker.run(
    [
      'build',
      '--quiet',
      '--network=none',
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
