import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { lineProgress, silent } from './progress.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A progress whose lines are kept, without colours and without the time at their end. */
function recorded(options: { quiet?: boolean } = {}) {
  const lines: string[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(stripVTControlCharacters(chunk.toString()).replace(/ \d+(\.\d)? m?s\n$/, '\n'));
      done();
    },
  });
  return { lines, progress: lineProgress({ out, ...options }) };
}

/** A step's work that lasts for `ms`. */
const lasting = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));

describe('lineProgress', () => {
  it('tells a short step in one line, and gives its result', async () => {
    const { lines, progress } = recorded();
    const result = await progress.step('pulling', (detail) => {
      detail('layer 1');
      detail('layer 2');
      return Promise.resolve(42);
    });
    expect(result).toBe(42);
    expect(lines).toEqual(['✓ pulling\n']);
  });

  it('tells of a long step after two seconds and every ten', async () => {
    const { lines, progress } = recorded();
    const done = progress.step('compiling', async (detail) => {
      await lasting(15_000);
      detail('linking');
      await lasting(10_000);
    });
    await vi.advanceTimersByTimeAsync(25_000);
    await done;
    expect(lines).toEqual(['… compiling\n', '… compiling\n', '… compiling (linking)\n', '✓ compiling\n']);
  });

  it('tells of a step that failed, passes its error on and goes silent', async () => {
    const { lines, progress } = recorded();
    await expect(progress.step('install', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines).toEqual(['✗ install\n']);
  });

  it('tells the elapsed time', async () => {
    const lines: string[] = [];
    const out = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(stripVTControlCharacters(chunk.toString()));
        done();
      },
    });
    const done = lineProgress({ out }).step('slow', () => lasting(2_500));
    await vi.advanceTimersByTimeAsync(2_500);
    await done;
    expect(lines).toEqual(['… slow 2.0 s\n', '✓ slow 2.5 s\n']);
  });

  it('writes notes as lines of their own', () => {
    const { lines, progress } = recorded();
    progress.note('reused image x');
    expect(lines).toEqual(['· reused image x\n']);
  });

  it('writes nothing when quiet, and still does the work', async () => {
    const { lines, progress } = recorded({ quiet: true });
    progress.note('x');
    expect(await progress.step('y', () => Promise.resolve(1))).toBe(1);
    expect(lines).toEqual([]);
  });
});

describe('silent', () => {
  it('does the work', async () => {
    silent.note('x');
    expect(
      await silent.step('y', (detail) => {
        detail('z');
        return Promise.resolve(1);
      }),
    ).toBe(1);
  });
});
