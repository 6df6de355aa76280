import { recordsIn, type PacketRecord } from './pcap.ts';

/**
 * The newest packets, never more than so many bytes of them, in memory that is taken once. Two halves: when one
 * is full, the other one is emptied and filled, so at least the newest half is there.
 */
export class PacketRing {
  #filling: Half;
  #full: Half;

  constructor(bytes: number) {
    this.#filling = new Half(Math.floor(bytes / 2));
    this.#full = new Half(Math.floor(bytes / 2));
  }

  /** Takes whole records, as `PcapStream` gives them. */
  push(records: Buffer): void {
    if (this.#filling.take(records)) return;
    // Only where they do not fit as they are is each looked at.
    for (const { record } of recordsIn(records)) {
      if (this.#filling.take(record)) continue;
      [this.#filling, this.#full] = [this.#full, this.#filling];
      this.#filling.empty();
      this.#filling.take(record);
    }
  }

  /** Oldest first. */
  *records(): Generator<PacketRecord> {
    yield* recordsIn(this.#full.content());
    yield* recordsIn(this.#filling.content());
  }
}

class Half {
  readonly #memory: Buffer;
  #used = 0;

  constructor(bytes: number) {
    this.#memory = Buffer.alloc(bytes);
  }

  /** False where there is no room for it. */
  take(records: Buffer): boolean {
    if (this.#used + records.length > this.#memory.length) return false;
    records.copy(this.#memory, this.#used);
    this.#used += records.length;
    return true;
  }

  empty(): void {
    this.#used = 0;
  }

  content(): Buffer {
    return this.#memory.subarray(0, this.#used);
  }
}
