import { parseAddress, toBigInt, familyOf } from '../../base/addresses.ts';
import { announcerOf } from '../probe/announcer.ts';
import type { HeardMessage } from '../probe/link-capture.ts';
import { sentenceOf } from '../probe/neighbour-message.ts';
import type { CarvedRange } from '../scenario/carve.ts';
import type { Session } from './session.ts';

/** Of one address and kind of message; a thousand Services would fill the record. All are in the capture. */
const KEPT_OF_EACH = 40;
const KEPT = 2_000;

/** Brings what the client's interface has heard about a scenario's addresses into the log. */
export class NeighbourLog {
  readonly #session: Session;
  readonly #ranges: readonly CarvedRange[];
  readonly #counts = new Map<string, number>();
  #kept = 0;
  #mark: number | undefined;

  constructor(session: Session, scenario: string) {
    this.#session = session;
    this.#ranges = session.ranges.get(scenario) ?? [];
  }

  /** To be called once, when the scenario begins. */
  async begin(signal: AbortSignal): Promise<void> {
    this.#mark = await this.#session.probe.capture.mark(signal);
  }

  /** Adds what was heard since the last time. */
  async pull(signal: AbortSignal): Promise<void> {
    if (this.#mark === undefined || this.#ranges.length === 0) return;
    const { probe, log } = this.#session;
    const { last, messages } = await probe.capture.heard(this.#mark, signal);
    this.#mark = last;
    for (const message of messages) {
      if (!this.#isOurs(message.address) || !this.#hasRoom(message)) continue;
      log.add(this.#observation(message));
    }
  }

  #observation(heard: HeardMessage) {
    const { probe, cluster, log } = this.#session;
    const node = announcerOf(heard.mac, cluster.nodes);
    const nameOf = (mac: string) => (mac === probe.mac ? 'the client' : announcerOf(mac, cluster.nodes));
    return {
      kind: 'neighbour-message',
      at: log.since(heard.at),
      errorMs: Math.round(heard.errorMs * 1000) / 1000,
      family: heard.family,
      address: heard.address,
      message: heard.message,
      mac: heard.mac,
      ...(node === undefined ? {} : { node }),
      ...(heard.sender === probe.mac ? { client: true } : {}),
      ...(heard.receiver === undefined ? { all: true } : {}),
      ...(heard.flags ? { override: heard.flags.override } : {}),
      sentence: sentenceOf(heard, nameOf),
    } as const;
  }

  #isOurs(text: string): boolean {
    const family = familyOf(text);
    const value = toBigInt(parseAddress(text));
    return this.#ranges.some(
      ({ first, last }) => familyOf(first) === family && toBigInt(first) <= value && value <= toBigInt(last),
    );
  }

  #hasRoom({ address, message }: HeardMessage): boolean {
    const key = `${address} ${message}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count > KEPT_OF_EACH || this.#kept >= KEPT) return false;
    this.#kept += 1;
    return true;
  }
}
