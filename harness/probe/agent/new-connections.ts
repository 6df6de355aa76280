import { connect, isIPv6, type Socket } from 'node:net';

import { monotonicMs } from '../../../base/clock.ts';
import type { StreamReport, StreamSpec } from '../protocol.ts';
import { failureOf } from './failure.ts';
import { ATTEMPT_MS, type Stream } from './stream.ts';
import { Tally, type TallyEntry } from './tally.ts';

/** Every socket reads into it: what is in it is looked at before the next one does. */
const buffer = Buffer.alloc(4096);

/** What is asked over a connection; answered by agnhost's netexec. */
export function requestFor(address: string, port: number): Buffer {
  const host = isIPv6(address) ? `[${address}]` : address;
  return Buffer.from(`GET /hostname HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
}

/** A new TCP connection each time. Plain sockets: an HTTP client takes several times as much of the processor. */
export class NewConnections implements Stream {
  readonly tally: Tally;
  readonly #spec: StreamSpec;
  readonly #request: Buffer | undefined;
  readonly #open = new Set<Socket>();

  constructor(spec: StreamSpec) {
    this.#spec = spec;
    this.tally = new Tally(spec);
    this.#request = spec.protocol === 'http' ? requestFor(spec.address, spec.port) : undefined;
  }

  attempt(now: number): void {
    const { address: host, port } = this.#spec;
    const entry = this.tally.begin(now, ATTEMPT_MS);
    const read = (length: number) => {
      const outcome = buffer.toString('latin1', 0, Math.min(length, 7)) === 'HTTP/1.' ? 'ok' : 'reset';
      this.#done(socket, entry, outcome);
      return false;
    };
    const socket = connect({ host, port, autoSelectFamily: false, onread: { buffer, callback: read } });
    this.#open.add(socket);
    entry.drop = () => this.#close(socket);
    socket.on('error', (error) => {
      const failure = failureOf(error);
      if (failure && failure.outcome !== 'ok') this.tally.settle(entry, failure.outcome, monotonicMs());
      else this.tally.fail(entry, error.message);
    });
    // Without an answer, and without an error: the other side has closed it.
    socket.on('close', () => {
      this.#open.delete(socket);
      this.tally.settle(entry, 'reset', monotonicMs());
    });
    if (this.#request) socket.write(this.#request);
    else socket.on('connect', () => this.#done(socket, entry, 'ok'));
  }

  extra(): Pick<StreamReport, 'breaks'> {
    return { breaks: [] };
  }

  [Symbol.dispose](): void {
    for (const socket of this.#open) socket.destroy();
  }

  #done(socket: Socket, entry: TallyEntry, outcome: 'ok' | 'reset'): void {
    this.tally.settle(entry, outcome, monotonicMs());
    this.#close(socket);
  }

  /**
   * By RST, which leaves no TIME_WAIT: with a thousand connections a second, the ports for one address would be
   * used up within half a minute.
   */
  #close(socket: Socket): void {
    if (socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
  }
}
