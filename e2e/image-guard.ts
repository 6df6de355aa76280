import type { Docker } from '../clusters/docker.ts';

/**
 * Leaves the engine's images as they were: a name that stood for another image stands for it again, one that
 * was not there is gone, and so are the layers that were made under it. Images of others that build at the
 * same time are left alone.
 */
export class ImageGuard implements AsyncDisposable {
  readonly #docker: Docker;
  readonly #idsBefore: ReadonlySet<string>;
  readonly #namesBefore: ReadonlyMap<string, string>;
  readonly #names = new Set<string>();
  readonly #made = new Set<string>();

  private constructor(docker: Docker, ids: readonly string[], names: readonly string[]) {
    this.#docker = docker;
    this.#idsBefore = new Set(ids);
    this.#namesBefore = new Map(
      names.map((line) => {
        const [name = '', id = ''] = line.split(' ');
        return [name, id];
      }),
    );
  }

  static async start(docker: Docker): Promise<ImageGuard> {
    const list = ['image', 'ls', '--no-trunc'];
    return new ImageGuard(
      docker,
      await docker.lines([...list, '--all', '--quiet']),
      await docker.lines([...list, '--format', '{{.Repository}}:{{.Tag}} {{.ID}}']),
    );
  }

  /** These names are the test's from now on. */
  add(...names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }

  /** Takes every name of a registry from its image now, by tag and by digest, as if it was never here. */
  async forget(registry: string): Promise<void> {
    const format = '{{.Repository}}@{{.Digest}} {{.Repository}}:{{.Tag}}';
    const lines = await this.#docker.lines(['image', 'ls', '--digests', '--format', format]);
    const names = lines
      .flatMap((line) => line.split(' '))
      .filter((name) => name.startsWith(`${registry}/`) && !name.endsWith('<none>'));
    for (const name of names) await this.#note(name);
    for (const name of new Set(names)) await this.#remove(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#names) await this.#note(name);
    for (const name of this.#names) {
      const id = this.#namesBefore.get(name);
      if (id === undefined) await this.#remove(name);
      else await this.#docker.run(['tag', id, name]);
    }
    // Newest first, as `docker history` tells them: a layer goes after those that stand on it.
    for (const id of this.#made) await this.#remove(id);
  }

  /** Remembers an image and those that it stands on, as far as the builder kept them. */
  async #note(name: string): Promise<void> {
    const ids = await this.#docker.lines(['history', '--no-trunc', '--quiet', name]).catch(() => []);
    for (const id of ids) if (id !== '<missing>' && !this.#idsBefore.has(id)) this.#made.add(id);
  }

  /** `--no-prune`: what was there before it stays, though nothing names it. */
  async #remove(name: string): Promise<void> {
    try {
      await this.#docker.run(['image', 'rm', '--no-prune', name]);
    } catch {
      // Gone with another name of it, or in use by somebody else's image.
    }
  }
}
