import { mkdtempDisposable } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Stands before the engine's socket, so that a test can take the engine away and leave everybody else's alone. */
export class EngineProxy implements AsyncDisposable {
  /** As in DOCKER_HOST. */
  readonly host: string;
  readonly #folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
  readonly #open = new Set<Socket>();
  readonly #server = createServer((client) => this.#join(client));
  readonly #target: string;

  /** `target`: the engine's own, `unix:///…` or `tcp://…`. */
  static async start(target: string): Promise<EngineProxy> {
    const proxy = new EngineProxy(target, await mkdtempDisposable(path.join(tmpdir(), 'dualvip-engine-')));
    await proxy.begin();
    return proxy;
  }

  constructor(target: string, folder: Awaited<ReturnType<typeof mkdtempDisposable>>) {
    this.#target = target;
    this.#folder = folder;
    this.host = `unix://${path.join(folder.path, 'docker.sock')}`;
  }

  /** As an engine that has started: what was under way is gone for good. */
  async begin(): Promise<void> {
    this.#server.listen(new URL(this.host).pathname);
    await once(this.#server, 'listening');
  }

  /** As an engine that stops: every connection breaks, and no other is taken. */
  async end(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.end();
    await this.#folder.remove();
  }

  #join(client: Socket): void {
    const { protocol, pathname, hostname, port } = new URL(this.#target);
    const engine =
      protocol === 'unix:'
        ? connect({ path: pathname, allowHalfOpen: true })
        : connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    for (const [one, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      this.#open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
