import { connect, type Socket } from 'node:net';

import { monotonicMs } from '../../../base/clock.ts';
import type { StreamBreak, StreamReport, StreamSpec } from '../protocol.ts';
import { failureOf } from './failure.ts';
import { requestFor } from './new-connections.ts';
import { ATTEMPT_MS, type Stream } from './stream.ts';
import { Tally, type Failure, type TallyEntry } from './tally.ts';

/** Linux repeats a lost segment after 200 ms at the soonest: an answer that took longer was lost once. */
const STALLED_MS = 200;

/**
 * After which a client takes a silent connection for dead. Linux goes on repeating for a quarter of an hour; an
 * election takes a few seconds, and a connection that outlives it is heard again within one doubled repetition.
 */
const GIVE_UP_MS = 10_000;

/** So that an unsteady backend does not fill the record. */
const BREAKS_KEPT = 100;

/** Far more than netexec's answer. */
const MAX_ANSWER = 64 * 1024;

/** What is known of a connection that is held now. */
interface Held {
  /** Which of them it is. */
  place: number;
  socket: Socket;
  /** The heartbeat that waits for its answer. */
  beat: TallyEntry | undefined;
  established: boolean;
  received: string;
}

/**
 * TCP connections, one unless more are wanted, with an HTTP request again and again, the next when the last is
 * answered; of several, each in its turn. When one ends, that is noted, and another one takes its place.
 */
export class HeldConnections implements Stream {
  readonly tally: Tally;
  readonly #spec: StreamSpec;
  readonly #request: Buffer;
  readonly #breaks: StreamBreak[] = [];
  readonly #all: (Held | undefined)[];
  #turn = 0;

  constructor(spec: StreamSpec) {
    this.#spec = spec;
    this.tally = new Tally({ ...spec, stalledAfterMs: STALLED_MS });
    this.#request = requestFor(spec.address, spec.port);
    this.#all = Array.from({ length: spec.connections ?? 1 });
  }

  attempt(now: number): void {
    const place = this.#turn;
    this.#turn = (place + 1) % this.#all.length;
    const held = (this.#all[place] ??= this.#connect(place));
    // The one that waits stands for this one too.
    if (held.beat) return;
    const beat = this.tally.begin(now, held.established ? GIVE_UP_MS : ATTEMPT_MS);
    beat.drop = () => this.#break(held, 'timeout');
    held.beat = beat;
    held.socket.write(this.#request);
  }

  extra(): Pick<StreamReport, 'breaks' | 'established'> {
    const established = this.#all.filter((held) => held?.established).length;
    return { breaks: [...this.#breaks], established };
  }

  [Symbol.dispose](): void {
    for (const held of this.#all) held?.socket.destroy();
  }

  #connect(place: number): Held {
    const { address: host, port } = this.#spec;
    const socket = connect({ host, port, autoSelectFamily: false, noDelay: true });
    const held: Held = { place, socket, beat: undefined, established: false, received: '' };
    socket.on('data', (data) => this.#receive(held, data.toString('latin1')));
    socket.on('error', (error) => {
      const failure = failureOf(error);
      if (failure && failure.outcome !== 'ok') return this.#break(held, failure.outcome);
      if (held.beat) this.tally.fail(held.beat, error.message);
      if (this.#all[place] === held) this.#all[place] = undefined;
    });
    socket.on('close', () => this.#break(held, 'reset'));
    return held;
  }

  #receive(held: Held, text: string): void {
    held.received += text;
    if (held.received.length > MAX_ANSWER) return this.#break(held, 'reset');
    if (!held.beat || !isWhole(held.received)) return;
    const { beat } = held;
    held.beat = undefined;
    held.established = true;
    held.received = '';
    this.tally.settle(beat, 'ok', monotonicMs());
  }

  #break(held: Held, outcome: Failure): void {
    if (this.#all[held.place] !== held) return;
    this.#all[held.place] = undefined;
    const at = monotonicMs();
    // One that never came about has not ended.
    if (held.established && this.#breaks.length < BREAKS_KEPT) this.#breaks.push({ at, outcome });
    held.socket.destroy();
    if (held.beat) this.tally.settle(held.beat, outcome, at);
  }
}

/** Whether an HTTP answer has all of its body (RFC 9112, 6.3); without a length, its header is all. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1];
  return text.length >= end + 4 + Number(length ?? 0);
}
