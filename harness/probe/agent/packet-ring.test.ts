import { describe, expect, it } from 'vitest';

import { PacketRing } from './packet-ring.ts';
import { record } from './records.ts';

/** 20 bytes each. */
const packet = (wallUs: number) => record({ wallUs, frame: '00000000' });

function times(ring: PacketRing): number[] {
  return [...ring.records()].map(({ wallUs }) => wallUs);
}

describe('PacketRing', () => {
  it('keeps the newest, oldest first, and never more than its size', () => {
    const ring = new PacketRing(100);
    for (let at = 1; at <= 12; at += 1) {
      ring.push(packet(at));
      const kept = times(ring);
      expect(kept.length * 20).toBeLessThanOrEqual(100);
      // At least half of it, once it has been full.
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(at, 2));
      expect(kept).toEqual(kept.map((_, index) => at - kept.length + 1 + index));
    }
  });

  it('cuts what comes at once at the end of a record', () => {
    const ring = new PacketRing(100);
    ring.push(Buffer.concat([1, 2, 3, 4, 5].map(packet)));
    expect(times(ring)).toEqual([3, 4, 5]);
  });

  it('leaves out a packet that is larger than its half', () => {
    const ring = new PacketRing(100);
    ring.push(packet(1));
    ring.push(record({ wallUs: 2, frame: Buffer.alloc(60) }));
    ring.push(packet(3));
    expect(times(ring)).toEqual([1, 3]);
  });
});
