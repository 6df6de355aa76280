import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { printable } from './printable.ts';

describe('printable', () => {
  it.each([
    ['\u001B[2J\u001B]0;title\u0007', String.raw`\x1b[2J\x1b]0;title\x07`],
    ['one\r\ntwo\tthree', String.raw`one\r\ntwo\tthree`],
    ['\u009B31m', String.raw`\x9b31m`],
    ['safe\u202Eelif', String.raw`safe\u{202e}elif`],
    ['a\u2028b\uFEFFc', String.raw`a\u{2028}b\u{feff}c`],
    ['\uD800 \uFFFF', String.raw`\u{d800} \u{ffff}`],
    ['Zürich 日本 🦊 ✓', 'Zürich 日本 🦊 ✓'],
  ])('writes %j as visible characters', (text, visible) => {
    expect(printable(text)).toBe(visible);
  });

  it('reaches every string of a value, and leaves the rest', () => {
    const value = { a: ['\n', { b: '\u0000', c: 1.5, d: null, e: undefined, f: true }] };
    expect(printable(value)).toEqual({
      a: ['\\n', { b: '\\x00', c: 1.5, d: null, e: undefined, f: true }],
    });
  });

  it('leaves no character that a terminal obeys, of any text', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      }),
    );
  }, 60_000);
});
