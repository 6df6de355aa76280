/** A capture file's record for tests; the frame as hexadecimal text or as it is. */
export function record({ wallUs, frame }: { wallUs: number; frame: string | Buffer }): Buffer {
  const content = typeof frame === 'string' ? Buffer.from(frame, 'hex') : frame;
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(wallUs / 1_000_000), 0);
  header.writeUInt32LE(wallUs % 1_000_000, 4);
  header.writeUInt32LE(content.length, 8);
  header.writeUInt32LE(content.length, 12);
  return Buffer.concat([header, content]);
}
