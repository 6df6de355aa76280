import { z } from 'zod';

import type { Docker } from '../clusters/docker.ts';

const imagesSchema = z.tuple([z.object({ Id: z.string(), Parent: z.string().default('') })]);

/**
 * Leaves the engine's images as they were: a name that stood for another image stands for it again, one that
 * was not there is gone, and so is what was made under it. Images of others that build at the same time are
 * left alone.
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
    const names = ['image', 'ls', '--no-trunc', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}'];
    return new ImageGuard(docker, await allIds(docker), await docker.lines(names));
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
    await this.#noteChildren();
    for (const name of this.#names) {
      const id = this.#namesBefore.get(name);
      if (id === undefined) await this.#remove(name);
      else await this.#docker.run(['tag', id, name]);
    }
    // An image goes only after those that stand on it, so each round frees the next.
    for (let before = -1; before !== this.#made.size;) {
      before = this.#made.size;
      for (const id of this.#made) if (await this.#remove(id)) this.#made.delete(id);
    }
  }

  /** Remembers an image and those that it stands on, as far as the builder kept them. */
  async #note(name: string): Promise<void> {
    const ids = await this.#docker.lines(['history', '--no-trunc', '--quiet', name]).catch(() => []);
    for (const id of ids) if (id !== '<missing>' && !this.#idsBefore.has(id)) this.#made.add(id);
  }

  /** Images without a name that stand on ours: the classic builder leaves the stages of a build so. */
  async #noteChildren(): Promise<void> {
    const fresh = (await allIds(this.#docker)).filter((id) => !this.#idsBefore.has(id));
    const parents = new Map<string, string>();
    for (const id of fresh) {
      const text = await this.#docker.run(['image', 'inspect', id]).catch(() => undefined);
      if (text !== undefined) parents.set(id, imagesSchema.parse(JSON.parse(text))[0].Parent);
    }
    for (let before = -1; before !== this.#made.size;) {
      before = this.#made.size;
      for (const [id, parent] of parents) if (this.#made.has(parent)) this.#made.add(id);
    }
  }

  /** `--no-prune`: what was there before it stays, though nothing names it. */
  async #remove(name: string): Promise<boolean> {
    try {
      await this.#docker.run(['image', 'rm', '--no-prune', name]);
      return true;
    } catch {
      // Gone with another name of it, or in use by an image that stands on it.
      return false;
    }
  }
}

async function allIds(docker: Docker): Promise<string[]> {
  return [...new Set(await docker.lines(['image', 'ls', '--all', '--no-trunc', '--quiet']))];
}
