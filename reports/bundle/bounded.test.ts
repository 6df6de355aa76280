import { describe, expect, it } from 'vitest';

import { bounded } from './bounded.ts';

const bounds = { text: 100, binary: 50, all: 220 };
const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`).join('\n');

describe('bounded', () => {
  it('leaves small files as they are', () => {
    const files = [
      { name: 'a', content: 'text' },
      { name: 'b.pcap', content: new Uint8Array(50) },
    ];
    expect(bounded(files, bounds)).toEqual({ files, left: [] });
  });

  it('takes the middle out of a long text, in whole lines, and says so', () => {
    const { files, left } = bounded([{ name: 'a.log', content: lines(100) }], bounds);
    expect(files).toEqual([
      {
        name: 'a.log',
        content: `line 0\nline 1\nline 2\n[... 697 bytes were left out here ...]\n${lines(100).slice(-71)}`,
      },
    ]);
    expect(left).toEqual(['the middle of a.log, which has 789 bytes']);
  });

  it('leaves out a binary file that is too large', () => {
    expect(bounded([{ name: 'a.pcap', content: new Uint8Array(51) }], bounds)).toEqual({
      files: [],
      left: ['a.pcap, which has 51 bytes'],
    });
  });

  it('leaves out the largest where all together are too many', () => {
    const files = ['a', 'b', 'c'].map((name, index) => ({ name, content: 'x'.repeat(90 + index) }));
    const { files: kept, left } = bounded(files, bounds);
    expect(kept.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(left).toEqual(['c, which has 92 bytes: all together had too many']);
  });
});
