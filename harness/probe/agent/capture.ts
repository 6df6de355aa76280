import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import type { CaptureRequest, NeighbourPackets } from '../protocol.ts';
import { PacketRing } from './packet-ring.ts';
import { fileHeader, recordsIn } from './pcap.ts';
import { startTcpdump, type Tcpdump, type TcpdumpOptions } from './tcpdump.ts';
import { WallClock } from './wall-clock.ts';

/** Ethernet, IPv6, TCP with its options, and the begin of what is said. */
const SNAP_LENGTH = 128;

/** Half of each is there at least: some 4,000 neighbour packets, and some 60,000 packets to and from VIPs. */
const NEIGHBOUR_BYTES = 1 << 20;
const TRAFFIC_BYTES = 16 << 20;

/** So many packets wait for the harness to ask for them. */
const WAITING = 4_096;

/** libpcap hands over a block that is not full after a second. */
const BLOCK_MS = 1_050;
/** From the signal to the pipe, and from there to us. */
const FLUSH_MS = 100;

/** How often the clocks are compared; it takes up to a millisecond. */
const COMPARE_MS = 2_000;

/** ICMPv6 133 to 137: router and neighbour solicitations and advertisements, redirects (RFC 4861, 4). */
const NDP = '(icmp6 and ip6[40] >= 133 and ip6[40] <= 137)';

interface WaitingPacket {
  sequence: number;
  at: number;
  frame: Buffer;
}

type StartTcpdump = (options: TcpdumpOptions) => Promise<Tcpdump>;

/**
 * What passes at the client, always on: ARP and NDP at once, packet by packet, and traffic of the VIPs in blocks,
 * so that a thousand connections a second cost little.
 */
export class Capture {
  readonly #clock: WallClock;
  readonly #neighbours = new PacketRing(NEIGHBOUR_BYTES);
  readonly #traffic = new PacketRing(TRAFFIC_BYTES);
  readonly #waiting: WaitingPacket[] = [];
  #sequence = 0;
  #tcpdumps: Tcpdump[] = [];
  #ended: string | undefined;

  constructor(clock: WallClock = new WallClock()) {
    this.#clock = clock;
  }

  /** Resolves when it captures. @throws Error with what tcpdump said */
  async start(
    { device, prefixes }: Pick<CaptureRequest, 'device' | 'prefixes'>,
    start: StartTcpdump = startTcpdump,
  ): Promise<void> {
    const common = {
      device,
      snapLength: SNAP_LENGTH,
      onEnd: (reason: string) => {
        this.#ended ??= reason;
      },
    };
    const vips = prefixes.map((prefix) => `net ${prefix}`).join(' or ');
    this.#tcpdumps = await Promise.all([
      start({
        ...common,
        filter: `arp or ${NDP}`,
        immediate: true,
        onRecords: (records) => this.#takeNeighbours(records),
      }),
      ...(vips === ''
        ? []
        : [
            start({
              ...common,
              filter: `(${vips}) and not arp and not ${NDP}`,
              immediate: false,
              onRecords: (records) => this.#traffic.push(records),
            }),
          ]),
    ]);
    setInterval(() => this.#clock.renew(), COMPARE_MS).unref();
  }

  #takeNeighbours(records: Buffer): void {
    this.#neighbours.push(records);
    for (const { wallUs, frame } of recordsIn(records)) {
      const at = this.#clock.monotonicMs(wallUs);
      this.#waiting.push({ sequence: ++this.#sequence, at, frame: Buffer.from(frame) });
    }
    if (this.#waiting.length > 2 * WAITING) this.#waiting.splice(0, this.#waiting.length - WAITING);
  }

  /** The ARP and NDP packets after a sequence number, oldest first. @throws Error where it does not capture */
  neighbours(after: number): NeighbourPackets {
    this.#check();
    const packets = this.#waiting.filter(({ sequence }) => sequence > after);
    return {
      last: this.#sequence,
      missed: this.#sequence - after - packets.length,
      errorMs: this.#clock.errorMs,
      packets: packets.map(({ at, frame }) => ({ at, frame: frame.toString('base64') })),
    };
  }

  /** All that there is since a moment of the monotonic clock, as a capture file, compressed, in base64. */
  async file(from: number): Promise<string> {
    this.#check();
    await sleep(BLOCK_MS);
    for (const tcpdump of this.#tcpdumps) tcpdump.flush();
    await sleep(FLUSH_MS);
    const records = [...this.#neighbours.records(), ...this.#traffic.records()]
      .filter(({ wallUs }) => this.#clock.monotonicMs(wallUs) >= from)
      .sort((a, b) => a.wallUs - b.wallUs);
    const content = Buffer.concat([fileHeader(SNAP_LENGTH), ...records.map(({ record }) => record)]);
    return (await promisify(gzip)(content)).toString('base64');
  }

  #check(): void {
    if (this.#tcpdumps.length === 0) throw new Error('nothing is captured');
    if (this.#ended !== undefined) throw new Error(`the capture has ended: ${this.#ended}`);
  }
}
