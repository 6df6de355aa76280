import path from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { monotonicMs } from '../base/clock.ts';
import { abortWhenUnread, interruptSignal } from './interrupt.ts';

vi.mock('../base/clock.ts', { spy: true });

/** An output whose every write fails. */
function failing(code: string): Writable {
  return new Writable({
    autoDestroy: false,
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })),
  });
}

describe('abortWhenUnread', () => {
  it('aborts once, whatever is written after the reader has gone', async () => {
    const controller = new AbortController();
    const output = failing('EPIPE');
    const reasons: unknown[] = [];
    controller.signal.addEventListener('abort', () => reasons.push(controller.signal.reason));
    abortWhenUnread(controller, [output]);
    output.write('a\n');
    output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await new Promise(setImmediate);
    expect(reasons).toMatchObject([
      {
        code: 'DUALVIP_OUTPUT_CLOSED',
        message: 'interrupted: nobody reads the output any more',
        exitCode: 2,
      },
    ]);
  });

  it('is no bug, and no success, where an output cannot be written', () => {
    const controller = new AbortController();
    const output = failing('ENOSPC');
    abortWhenUnread(controller, [output]);
    const happen = intercepted('once');
    output.emit('error', Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
    expect(controller.signal.reason).toMatchObject({
      code: 'DUALVIP_OUTPUT_FAILED',
      message: 'interrupted: the output cannot be written: ENOSPC: no space left on device',
      exitCode: 2,
    });
    const before = process.exitCode;
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    process.exitCode = 0;
    // The second time it has been told.
    happen('exit');
    happen('exit');
    expect(process.exitCode).toBe(2);
    expect(write.mock.calls).toEqual([
      ['error: the output cannot be written: ENOSPC: no space left on device\n'],
    ]);
    process.exitCode = before;
    vi.restoreAllMocks();
  });
});

/** What is listened for from here on is not, but happens when it is said to. */
function intercepted(method: 'on' | 'once') {
  const { mock } = vi.spyOn(process, method).mockReturnThis();
  return (event: string) => {
    for (const [name, listener] of mock.calls) {
      if (String(name) === event) Reflect.apply(listener, process, [event]);
    }
  };
}

function typed(text: string): string {
  return text.replace('dualvip down', 'npx dualvip down');
}

describe('interruptSignal', () => {
  let written: string[];
  let now: number;

  beforeEach(() => {
    written = [];
    now = 0;
    vi.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    for (const output of [process.stdout, process.stderr]) vi.spyOn(output, 'on').mockReturnThis();
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    vi.mocked(monotonicMs).mockImplementation(() => now);
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('is aborted by a %s', (name) => {
    const happen = intercepted('on');
    const signal = interruptSignal(typed);
    happen(name);
    expect(signal.reason).toMatchObject({
      code: 'DUALVIP_INTERRUPTED',
      message: `interrupted by ${name}`,
    });
    expect(written).toEqual([`\n${name}: cleaning up (once more to end at once)\n`]);
  });

  it('takes two signals of one moment for one, and a later one for a wish to end at once', () => {
    const happen = intercepted('on');
    interruptSignal(typed);
    happen('SIGINT');
    now = 900;
    happen('SIGTERM');
    now = 1100;
    expect(() => happen('SIGINT')).toThrow('exit 2');
    expect(written.at(-1)).toBe(
      '\nended at once; the next run on the cluster heals its faults, `npx dualvip down --all` removes what is left\n',
    );
  });

  it('goes on cleaning up, however often it is told that the terminal is gone', () => {
    const happen = intercepted('on');
    interruptSignal(typed);
    happen('SIGHUP');
    now = 5000;
    happen('SIGHUP');
    expect(written).toHaveLength(1);
  });
});

it('a process that nobody reads goes on, and says nothing of it', async () => {
  const interrupt = JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'interrupt.ts')).href);
  const script = `
    const { interruptSignal } = await import(${interrupt});
    const signal = interruptSignal();
    signal.addEventListener('abort', () => { process.exitCode = 42; });
    process.stdout.write('one\\n');
    setImmediate(() => process.stdout.write('two\\n'));`;
  const child = execa(process.execPath, ['--input-type=module', '--eval', script], {
    reject: false,
    buffer: { stdout: false },
  });
  child.stdout.destroy();
  const { exitCode, stderr } = await child;
  expect({ exitCode, stderr }).toEqual({ exitCode: 42, stderr: '' });
});
