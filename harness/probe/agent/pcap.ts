/**
 * Capture files as tcpdump writes them on the machines that run it: little-endian, microseconds.
 * https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/
 */

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const LINKTYPE_ETHERNET = 1;
/** Far above any snapshot length of ours: a record that says more is no record. */
const LONGEST_RECORD = 262_144;

/** One captured packet. */
export interface PacketRecord {
  /** Microseconds since 1970, on the machine's wall clock. */
  wallUs: number;
  /** The Ethernet frame, as far as it was captured. */
  frame: Buffer;
  /** Its record in the file, header included. */
  record: Buffer;
}

/** The header of a file that holds Ethernet frames cut at `snapLength` bytes. */
export function fileHeader(snapLength: number): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  header.writeUInt32LE(MAGIC_MICROSECONDS, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapLength, 16);
  header.writeUInt32LE(LINKTYPE_ETHERNET, 20);
  return header;
}

/** The records in a buffer that holds whole ones and nothing else. */
export function* recordsIn(buffer: Buffer): Generator<PacketRecord> {
  for (let at = 0; at < buffer.length;) {
    const next = at + RECORD_HEADER_BYTES + buffer.readUInt32LE(at + 8);
    yield {
      wallUs: buffer.readUInt32LE(at) * 1_000_000 + buffer.readUInt32LE(at + 4),
      frame: buffer.subarray(at + RECORD_HEADER_BYTES, next),
      record: buffer.subarray(at, next),
    };
    at = next;
  }
}

/** Cuts a file that comes in pieces into whole records, handed on as they are, many at once. */
export class PcapStream {
  readonly #onRecords: (records: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);
  #begun = false;

  constructor(onRecords: (records: Buffer) => void) {
    this.#onRecords = onRecords;
  }

  /** @throws Error where it is no such file */
  push(chunk: Buffer): void {
    let buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#begun) {
      if (buffer.length < FILE_HEADER_BYTES) {
        this.#rest = buffer;
        return;
      }
      checkHeader(buffer);
      this.#begun = true;
      buffer = buffer.subarray(FILE_HEADER_BYTES);
    }
    const end = endOfWhole(buffer);
    if (end > 0) this.#onRecords(buffer.subarray(0, end));
    // A copy: the piece that it is the end of is not kept for its sake.
    this.#rest = Buffer.from(buffer.subarray(end));
  }
}

function checkHeader(buffer: Buffer): void {
  const magic = buffer.readUInt32LE(0);
  const linkType = buffer.readUInt32LE(20);
  if (magic !== MAGIC_MICROSECONDS) {
    throw new Error(
      `not a little-endian capture file with microseconds: it begins with ${magic.toString(16)}`,
    );
  }
  if (linkType !== LINKTYPE_ETHERNET) throw new Error(`not a capture of Ethernet: link type ${linkType}`);
}

/** Where the last whole record ends. */
function endOfWhole(buffer: Buffer): number {
  let at = 0;
  while (at + RECORD_HEADER_BYTES <= buffer.length) {
    const captured = buffer.readUInt32LE(at + 8);
    if (captured > LONGEST_RECORD) throw new Error(`a record of ${captured} bytes: the capture is damaged`);
    const next = at + RECORD_HEADER_BYTES + captured;
    if (next > buffer.length) break;
    at = next;
  }
  return at;
}
