import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { z } from 'zod';

import type { AgentLink } from './agent-link.ts';
import type { ClockOffset } from './clock-offset.ts';
import { neighbourMessage, type NeighbourMessage } from './neighbour-message.ts';

/** A neighbour message and when the client received or sent it. */
export interface HeardMessage extends NeighbourMessage {
  /** On `monotonicMs()`. */
  at: number;
  /** `at` is right give or take this. */
  errorMs: number;
}

export interface Heard {
  /** To be given with the next question. */
  last: number;
  /** So many packets were not kept until they were asked for. */
  missed: number;
  messages: HeardMessage[];
}

/** What the client's interface hears and says, from the capture that is always on. */
export interface LinkCapture {
  /** The number of the last packet that there is: what is heard after it comes later. */
  mark(signal?: AbortSignal): Promise<number>;
  /** The messages after that packet, oldest first. @throws HarnessError `DUALVIP_PROBE_FAILED`, `…_LOST` */
  heard(after: number, signal?: AbortSignal): Promise<Heard>;
  /** A capture file of all that there is since a moment of `monotonicMs()`. Takes more than a second. */
  file(from: number, signal?: AbortSignal): Promise<Buffer>;
}

/** Writing the ring of a busy client out, compressed, and bringing it here. */
const FILE_MS = 20_000;

const packetsSchema = z.object({
  last: z.int(),
  missed: z.int(),
  errorMs: z.number(),
  packets: z.array(z.object({ at: z.number(), frame: z.base64() })),
});

/** Begins to capture: ARP and NDP, and packets to and from the prefixes. */
export async function startCapture(options: {
  link: AgentLink;
  clock: ClockOffset;
  device: string;
  prefixes: readonly string[];
  signal?: AbortSignal | undefined;
}): Promise<LinkCapture> {
  const { link, clock, device, prefixes, signal } = options;
  await link.send({ kind: 'capture', device, prefixes }, { signal });
  const packets = async (after: number, stop: AbortSignal | undefined) =>
    packetsSchema.parse(await link.send({ kind: 'neighbours', after }, { signal: stop }));
  return {
    mark: async (stop) => (await packets(Number.MAX_SAFE_INTEGER, stop)).last,
    async heard(after, stop) {
      const answer = await packets(after, stop);
      return {
        last: answer.last,
        missed: answer.missed,
        messages: answer.packets.flatMap(({ at, frame }) => {
          const message = neighbourMessage(Buffer.from(frame, 'base64'));
          if (!message) return [];
          // The agent's clock was compared with ours, with an error of its own.
          return [{ ...message, at: at - clock.offsetMs, errorMs: answer.errorMs + clock.uncertaintyMs }];
        }),
      };
    },
    async file(from, stop) {
      const answer = await link.send(
        { kind: 'pcap', from: from + clock.offsetMs },
        { withinMs: FILE_MS, signal: stop },
      );
      return promisify(gunzip)(Buffer.from(z.base64().parse(answer), 'base64'));
    },
  };
}
