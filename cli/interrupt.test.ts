import path from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

import { abortWhenUnread } from './interrupt.ts';

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

  it('takes nothing else for a reader that has gone', () => {
    const controller = new AbortController();
    const output = failing('ENOSPC');
    abortWhenUnread(controller, [output]);
    expect(() => output.emit('error', Object.assign(new Error('no space'), { code: 'ENOSPC' }))).toThrow(
      'no space',
    );
    expect(controller.signal.aborted).toBe(false);
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
