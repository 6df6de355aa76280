import { array, assert, asyncProperty, nat, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readLines } from './lines.ts';

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for (const size of sizes) {
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
  yield bytes.subarray(offset);
}

const read = (text: string, sizes: readonly number[], unterminated: 'keep' | 'drop' = 'keep') =>
  Array.fromAsync(readLines(chunksOf(new TextEncoder().encode(text), sizes), unterminated));

describe('readLines', () => {
  it('joins a line that comes in pieces', async () => {
    expect(await read('one\ntwo\n', [2, 3])).toEqual(['one', 'two']);
  });

  it('joins a character that comes in pieces', async () => {
    // The euro sign is three bytes, of which each comes alone.
    expect(await read('a€b\n', [2, 1, 1])).toEqual(['a€b']);
  });

  it('keeps empty lines, carriage returns and a byte order mark as they are', async () => {
    expect(await read('\uFEFFa\r\n\nb\n', [])).toEqual(['\uFEFFa\r', '', 'b']);
  });

  it('keeps or drops a last line without line feed', async () => {
    expect(await read('one\ntw', [], 'keep')).toEqual(['one', 'tw']);
    expect(await read('one\ntw', [], 'drop')).toEqual(['one']);
  });

  it('gives the same lines wherever the chunks end', async () => {
    const lines = array(string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', '')));
    await assert(
      asyncProperty(lines, array(nat({ max: 9 })), async (expected, sizes) => {
        expect(await read(expected.map((text) => `${text}\n`).join(''), sizes)).toEqual(expected);
      }),
    );
  });
});
