import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { isAt, WHO_HAS, WORKER_MAC } from '../frames.ts';
import { Capture } from './capture.ts';
import { fileHeader } from './pcap.ts';
import { record } from './records.ts';
import type { TcpdumpOptions } from './tcpdump.ts';
import { WallClock } from './wall-clock.ts';

/** The wall clock is 1,000 s ahead of the monotonic one. */
const AHEAD_US = 1_000_000_000;

const at = (ms: number, frame: string | Buffer) => record({ wallUs: AHEAD_US + ms * 1000, frame });

async function started(prefixes: readonly string[] = ['172.18.128.0/17', 'fd00::8000/113']) {
  const capture = new Capture(new WallClock(() => ({ differenceMs: -1_000_000, errorMs: 0.25 })));
  const tcpdumps: TcpdumpOptions[] = [];
  let flushed = 0;
  await capture.start({ device: 'eth0', prefixes }, (options) => {
    tcpdumps.push(options);
    return Promise.resolve({ flush: () => void (flushed += 1), [Symbol.dispose]: () => {} });
  });
  return { capture, tcpdumps, flushed: () => flushed };
}

describe('Capture', () => {
  it('takes ARP and NDP at once, and the traffic of VIPs in blocks', async () => {
    const { tcpdumps } = await started();
    expect(tcpdumps.map(({ device, filter, immediate }) => ({ device, filter, immediate }))).toEqual([
      {
        device: 'eth0',
        filter: 'arp or (icmp6 and ip6[40] >= 133 and ip6[40] <= 137)',
        immediate: true,
      },
      {
        device: 'eth0',
        filter:
          '(net 172.18.128.0/17 or net fd00::8000/113) and not arp and not (icmp6 and ip6[40] >= 133 and ip6[40] <= 137)',
        immediate: false,
      },
    ]);
  });

  it('has no traffic to look for where there are no VIPs', async () => {
    const { tcpdumps } = await started([]);
    expect(tcpdumps).toHaveLength(1);
  });

  it('tells the packets after one, on the monotonic clock, with the error of it', async () => {
    const { capture, tcpdumps } = await started();
    tcpdumps[0]?.onRecords(
      Buffer.concat([
        record({ wallUs: AHEAD_US + 5_250, frame: WHO_HAS }),
        record({ wallUs: AHEAD_US + 5_500, frame: isAt(WORKER_MAC) }),
      ]),
    );
    expect(capture.neighbours(0)).toEqual({
      last: 2,
      missed: 0,
      errorMs: 0.25,
      packets: [
        { at: 5.25, frame: WHO_HAS.toString('base64') },
        { at: 5.5, frame: isAt(WORKER_MAC).toString('base64') },
      ],
    });
    expect(capture.neighbours(1)).toMatchObject({ last: 2, missed: 0, packets: [{ at: 5.5 }] });
  });

  it('tells how many were not kept until they were asked for', async () => {
    const { capture, tcpdumps } = await started();
    for (let count = 0; count < 8_193; count += 1) {
      tcpdumps[0]?.onRecords(record({ wallUs: AHEAD_US + count, frame: WHO_HAS }));
    }
    const { last, missed, packets } = capture.neighbours(0);
    expect({ last, missed, kept: packets.length }).toEqual({ last: 8_193, missed: 4_097, kept: 4_096 });
  });

  it('makes one file of both, in the order of time, from a moment on', async () => {
    const { capture, tcpdumps, flushed } = await started();
    tcpdumps[1]?.onRecords(Buffer.concat([at(1, 'aa'), at(3, 'bb'), at(5, 'cc')]));
    tcpdumps[0]?.onRecords(at(4, WHO_HAS));
    const file = await promisify(gunzip)(Buffer.from(await capture.file(2), 'base64'));
    expect(file).toEqual(Buffer.concat([fileHeader(128), at(3, 'bb'), at(4, WHO_HAS), at(5, 'cc')]));
    expect(flushed()).toBe(2);
  });

  it('says that it has ended, and why, rather than that there was nothing', async () => {
    const { capture, tcpdumps } = await started();
    tcpdumps[1]?.onEnd('tcpdump ended with 1: eth0: the interface disappeared');
    const message = 'the capture has ended: tcpdump ended with 1: eth0: the interface disappeared';
    expect(() => capture.neighbours(0)).toThrow(message);
    await expect(capture.file(0)).rejects.toThrow(message);
  });

  it('says so where it was not begun', () => {
    expect(() => new Capture().neighbours(0)).toThrow('nothing is captured');
  });
});
