import { run, type CommandOptions } from '../base/command.ts';

/** Every object that the harness makes in the engine carries this label, so that cleaning up finds it. */
export const LABEL = {
  cluster: 'dev.dualvip.cluster',
  run: 'dev.dualvip.run',
  image: 'dev.dualvip.image',
} as const;

/** The docker client, bound to one engine through its environment (`DOCKER_HOST`). */
export class Docker {
  /** For programs that call the docker client themselves, as kind does. */
  readonly environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv) {
    this.environment = environment;
  }

  /** Runs `docker ARGS` to its end, gives its standard output. Throws as `run` does. */
  run(args: readonly string[], options: Omit<CommandOptions, 'env'> = {}): Promise<string> {
    return run('docker', args, { ...options, env: this.environment });
  }

  /** As `run`, with the output split into lines, empty ones left out. */
  async lines(args: readonly string[], options: Omit<CommandOptions, 'env'> = {}): Promise<string[]> {
    return (await this.run(args, options)).split('\n').filter((line) => line !== '');
  }

  async imageExists(reference: string, signal?: AbortSignal): Promise<boolean> {
    // `image ls` answers with nothing where `image inspect` fails, so a lost engine is not taken for "no".
    const lines = await this.lines(['image', 'ls', '--quiet', '--filter', `reference=${reference}`], {
      signal,
    });
    return lines.length > 0;
  }
}
