import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

import { monotonicMs } from '../../../base/clock.ts';
import type { StreamReport, StreamSpec } from '../protocol.ts';
import { failureOf } from './failure.ts';
import { ATTEMPT_MS, type Stream } from './stream.ts';
import { Tally, type TallyEntry } from './tally.ts';

/**
 * A datagram each time, from one source port: for the nodes' connection tracking, one flow that goes on through a
 * failover. Agnhost's netexec sends back what follows `echo`, here a number.
 */
export class Datagrams implements Stream {
  readonly tally: Tally;
  readonly #socket: Socket;
  readonly #pending = new Map<string, TallyEntry>();
  #last = 0;

  static async open(spec: StreamSpec): Promise<Datagrams> {
    const socket = createSocket(isIPv6(spec.address) ? 'udp6' : 'udp4');
    // Connected, so that it is told of an ICMP port unreachable.
    socket.connect(spec.port, spec.address);
    await once(socket, 'connect');
    return new Datagrams(spec, socket);
  }

  constructor(spec: StreamSpec, socket: Socket) {
    this.tally = new Tally(spec);
    this.#socket = socket;
    socket.on('message', (message) => this.#answered(message.toString('latin1').trim()));
    // It does not tell which datagram it is about; the oldest one has waited longest.
    socket.on('error', (error) => this.#failed(this.tally.oldest(), error));
  }

  attempt(now: number): void {
    const entry = this.tally.begin(now, ATTEMPT_MS);
    const number = String((this.#last += 1));
    this.#pending.set(number, entry);
    entry.drop = () => void this.#pending.delete(number);
    this.#socket.send(`echo ${number}`, (error) => {
      if (!error) return;
      this.#pending.delete(number);
      this.#failed(entry, error);
    });
  }

  extra(): Pick<StreamReport, 'breaks' | 'sourcePort'> {
    return { breaks: [], sourcePort: this.#socket.address().port };
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #answered(number: string): void {
    const entry = this.#pending.get(number);
    this.#pending.delete(number);
    if (entry) this.tally.settle(entry, 'ok', monotonicMs());
  }

  #failed(entry: TallyEntry | undefined, error: Error): void {
    if (!entry) return;
    const failure = failureOf(error);
    if (failure && failure.outcome !== 'ok') this.tally.settle(entry, failure.outcome, monotonicMs());
    else this.tally.fail(entry, error.message);
  }
}
