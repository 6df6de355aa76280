import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { isAlive } from './alive.ts';
import { pipe, run, succeeds } from './command.ts';

describe('run', () => {
  it('gives standard output without its last newline, and leaves standard error out', async () => {
    expect(await run('sh', ['-c', 'echo one; echo two; echo noise >&2'])).toBe('one\ntwo');
  });

  it('feeds input, text or bytes', async () => {
    expect(await run('cat', [], { input: 'text' })).toBe('text');
    expect(await run('cat', [], { input: new TextEncoder().encode('bytes') })).toBe('bytes');
  });

  it('gives no input unless asked: a program that reads does not wait for the user', async () => {
    expect(await run('cat', [])).toBe('');
  });

  it('adds to the environment, and runs in the folder', async () => {
    const output = await run('sh', ['-c', 'echo "$DUALVIP_TEST in $PWD ${PATH:+with a PATH}"'], {
      env: { DUALVIP_TEST: 'here' },
      cwd: '/',
    });
    expect(output).toBe('here in / with a PATH');
  });

  it('tells of each line as it comes, of both streams', async () => {
    await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'dualvip-lines-'));
    const lines: string[] = [];
    // Each line waits until the one before has been told, or never comes.
    const told = (line: string) => path.join(folder.path, line);
    const after = (line: string) => `until [ -e ${told(line)} ]; do sleep 0.02; done`;
    const script = `echo out; ${after('out')}; echo err >&2; ${after('err')}; printf end`;
    const output = await run('sh', ['-c', script], {
      onLine: (line) => {
        lines.push(line);
        void writeFile(told(line), '');
      },
    });
    expect(lines).toEqual(['out', 'err', 'end']);
    expect(output).toBe('out\nend');
  });

  it('fails with the command, the exit code and what it said, with or without `onLine`', async () => {
    const expected = {
      code: 'DUALVIP_COMMAND_FAILED',
      message: 'sh -c echo fine; echo "no space" >&2; exit 3: exit code 3\nno space',
      hint: 'Make room.',
    };
    const args = ['-c', 'echo fine; echo "no space" >&2; exit 3'];
    await expect(run('sh', args, { hint: 'Make room.' })).rejects.toMatchObject(expected);
    await expect(run('sh', args, { hint: 'Make room.', onLine: () => {} })).rejects.toMatchObject(expected);
  });

  it('quotes standard output where standard error is empty, the last twelve lines', async () => {
    const lines = Array.from({ length: 12 }, (_, index) => index + 4).join('\n');
    await expect(run('sh', ['-c', 'seq 15; exit 1'])).rejects.toMatchObject({
      message: `sh -c seq 15; exit 1: exit code 1\n${lines}`,
    });
  });

  it('names the signal that ended it', async () => {
    await expect(run('sh', ['-c', 'kill -9 $$'])).rejects.toMatchObject({
      message: 'sh -c kill -9 $$: SIGKILL',
    });
  });

  it('cuts a long command', async () => {
    await expect(run('false', ['x'.repeat(200)])).rejects.toMatchObject({
      message: `false ${'x'.repeat(154)}…: exit code 1`,
    });
  });

  it('tells of a program that is not there', async () => {
    await expect(run('dualvip-no-such-program', ['-v'], { hint: 'Install it.' })).rejects.toMatchObject({
      code: 'DUALVIP_COMMAND_NOT_FOUND',
      message: 'dualvip-no-such-program: no such program',
      hint: 'Install it.',
    });
  });

  it('ends the program when aborted, with the reason of the signal', async () => {
    const controller = new AbortController();
    // Longer than any test may take.
    const running = run('sh', ['-c', 'echo begun; exec sleep 600'], {
      signal: controller.signal,
      onLine: () => controller.abort(new Error('interrupted')),
    });
    await expect(running).rejects.toEqual(new Error('interrupted'));
  });
});

describe('pipe', () => {
  it('resolves when both end well', async () => {
    await expect(pipe(['echo', 'x'], ['grep', '-q', 'x'])).resolves.toBeUndefined();
  });

  it('fails when the first does', async () => {
    await expect(pipe(['sh', '-c', 'echo half; echo gone >&2; exit 2'], ['cat'])).rejects.toMatchObject({
      code: 'DUALVIP_COMMAND_FAILED',
      message: 'sh -c echo half; echo gone >&2; exit 2 | cat: exit code 2\ngone',
    });
  });

  it('fails when the second does', async () => {
    const second = ['sh', '-c', 'cat; echo full >&2; exit 4'] as const;
    await expect(pipe(['echo', 'x'], [...second], { hint: 'Make room.' })).rejects.toMatchObject({
      code: 'DUALVIP_COMMAND_FAILED',
      message: 'echo x | sh -c cat; echo full >&2; exit 4: exit code 4\nfull',
      hint: 'Make room.',
    });
  });

  it('ends both when aborted', async () => {
    const controller = new AbortController();
    const running = pipe(['sleep', '600'], ['cat'], { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('interrupted')), 20);
    await expect(running).rejects.toEqual(new Error('interrupted'));
  });
});

describe('succeeds', () => {
  it('tells whether a program ended with code 0', async () => {
    expect(await succeeds('true', [])).toBe(true);
    expect(await succeeds('false', [])).toBe(false);
    expect(await succeeds('dualvip-no-such-program', [])).toBe(false);
  });

  it('does not take an abort for "no"', async () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(succeeds('true', [], { signal })).rejects.toEqual(new Error('interrupted'));
  });
});

describe('a process group', () => {
  it('is ended as a whole when aborted, children that nobody waits for included', async () => {
    const stop = new AbortController();
    const pids: number[] = [];
    const work = run('sh', ['-c', 'sleep 600 & echo $!; echo $$; wait'], {
      group: true,
      signal: stop.signal,
      onLine: (line) => {
        pids.push(Number(line));
        if (pids.length === 2) stop.abort(new Error('enough'));
      },
    });
    await expect(work).rejects.toThrow('enough');
    expect(pids).toHaveLength(2);
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 30_000 });
  });

  it('gives what its program prints', async () => {
    const { signal } = new AbortController();
    await expect(run('echo', ['done'], { group: true, signal })).resolves.toBe('done');
  });
});
