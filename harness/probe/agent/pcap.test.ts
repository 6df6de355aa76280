import { describe, expect, it } from 'vitest';

import { fileHeader, PcapStream, recordsIn } from './pcap.ts';
import { record } from './records.ts';

/** As tcpdump 4.99 begins on a machine that is little-endian: version 2.4, 128 bytes, Ethernet. */
const HEADER = Buffer.from(
  'd4c3b2a1 0200 0400 00000000 00000000 80000000 01000000'.replaceAll(' ', ''),
  'hex',
);

/** 1764096000.000123, two of 60 bytes captured. */
const RECORD = Buffer.from('00f82569 7b000000 02000000 3c000000 abcd'.replaceAll(' ', ''), 'hex');

function streamed(chunks: readonly Buffer[]): Buffer[] {
  const given: Buffer[] = [];
  const stream = new PcapStream((records) => given.push(records));
  for (const chunk of chunks) stream.push(chunk);
  return given;
}

describe('fileHeader', () => {
  it('is what tcpdump writes', () => {
    expect(fileHeader(128)).toEqual(HEADER);
  });
});

describe('recordsIn', () => {
  it('tells the time and the frame of each', () => {
    const second = record({ wallUs: 1_764_096_001_000_000, frame: 'ef' });
    expect([...recordsIn(Buffer.concat([RECORD, second]))]).toEqual([
      { wallUs: 1_764_096_000_000_123, frame: Buffer.from('abcd', 'hex'), record: RECORD },
      { wallUs: 1_764_096_001_000_000, frame: Buffer.from('ef', 'hex'), record: second },
    ]);
  });
});

describe('PcapStream', () => {
  it('hands on whole records, however the file is cut', () => {
    const file = Buffer.concat([HEADER, RECORD, RECORD, RECORD]);
    for (let size = 1; size <= file.length; size += 1) {
      const chunks = [];
      for (let at = 0; at < file.length; at += size) chunks.push(file.subarray(at, at + size));
      const given = streamed(chunks);
      expect(Buffer.concat(given)).toEqual(Buffer.concat([RECORD, RECORD, RECORD]));
      expect(given.every(({ length }) => length % RECORD.length === 0)).toBe(true);
    }
  });

  it('hands on many at once', () => {
    expect(streamed([Buffer.concat([HEADER, RECORD, RECORD])])).toEqual([Buffer.concat([RECORD, RECORD])]);
  });

  it('refuses what is no such file', () => {
    const bigEndian = Buffer.from('a1b2c3d4', 'hex');
    expect(() => streamed([Buffer.concat([bigEndian, HEADER.subarray(4)])])).toThrow(
      'not a little-endian capture file with microseconds: it begins with d4c3b2a1',
    );
    const cooked = Buffer.from(HEADER);
    cooked.writeUInt32LE(113, 20);
    expect(() => streamed([cooked])).toThrow('not a capture of Ethernet: link type 113');
    const damaged = Buffer.from(RECORD);
    damaged.writeUInt32LE(1 << 30, 8);
    expect(() => streamed([HEADER, damaged])).toThrow('a record of 1073741824 bytes: the capture is damaged');
  });
});
