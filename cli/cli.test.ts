import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it, vi } from 'vitest';

import { HarnessError, UsageError } from '../base/errors.ts';
import { shard, wholeNumber } from './cluster-options.ts';
import { confirmer } from './confirm.ts';
import { tellFailure } from './failure.ts';
import { table } from './table.ts';

async function told(error: unknown): Promise<{ code: number; text: string }> {
  const out = new PassThrough();
  const code = tellFailure(error, { out });
  out.end();
  return { code, text: stripVTControlCharacters(await text(out)) };
}

describe('tellFailure', () => {
  it('tells message, hint, evidence and code, and no stack', async () => {
    const error = new HarnessError('DUALVIP_X', 'it broke', { hint: 'mend it', evidence: 'a.log' });
    expect(await told(error)).toEqual({
      code: 2,
      text: 'error: it broke\nhint: mend it\nsee: a.log\nDUALVIP_X\n',
    });
  });

  it('ends with 64 for what the user asked', async () => {
    expect((await told(new UsageError('DUALVIP_X', 'no'))).code).toBe(64);
  });

  it('shows the stack of a bug, and says that it is one', async () => {
    const { code, text: said } = await told(new TypeError('oops'));
    expect(code).toBe(2);
    expect(said).toMatch(/^bug: TypeError: oops\n {4}at /);
    expect(said).toContain('please report it');
  });

  it('tells what went wrong first, where cleaning up failed because of it', async () => {
    const first = new HarnessError('DUALVIP_X', 'the API server is gone', { hint: 'start it' });
    const error = new SuppressedError(
      new Error('no probe to remove'),
      new SuppressedError(new Error('no namespace'), first),
    );
    expect(await told(error)).toEqual({
      code: 2,
      text:
        'error: the API server is gone\nhint: start it\nDUALVIP_X\n' +
        'cleaning up failed as well: no namespace\ncleaning up failed as well: no probe to remove\n',
    });
  });

  it('writes commands as they are typed, in message and hint', async () => {
    const out = new PassThrough();
    const error = new UsageError('DUALVIP_X', 'no CMD', { hint: 'CMD up' });
    tellFailure(error, { out, typed: (words) => words.replace('CMD', 'npx dualvip') });
    out.end();
    expect(stripVTControlCharacters(await text(out))).toBe(
      'error: no npx dualvip\nhint: npx dualvip up\nDUALVIP_X\n',
    );
  });

  it('shows the causes on request', async () => {
    vi.stubEnv('DUALVIP_DEBUG', '1');
    const { text: said } = await told(new HarnessError('DUALVIP_X', 'a', { cause: new Error('deep') }));
    vi.unstubAllEnvs();
    expect(said).toContain('caused by: Error: deep');
  });
});

describe('wholeNumber', () => {
  it('reads what is in its bounds', () => {
    expect(wholeNumber('--workers', 1, 20)('3')).toBe(3);
  });

  it.each(['x', '0', '21', '1.5', ''])('refuses %j', (given) => {
    expect(() => wholeNumber('--workers', 1, 20)(given)).toThrow(
      `--workers ${given}: a whole number from 1 to 20 is needed`,
    );
  });
});

describe('shard', () => {
  it.each(['1/1', '1/3', '3/3', '10/12'])('takes %s', (given) => {
    expect(shard(given)).toBe(given);
  });

  it.each(['x', '1', '0/2', '3/2', '1/0', '-1/2', '1/2/3', ''])('refuses %j', (given) => {
    expect(() => shard(given)).toThrow(`--shard ${given}: a part of a number of parts is needed`);
  });
});

describe('confirmer', () => {
  const { signal } = new AbortController();

  it('takes --yes and CI for a yes', async () => {
    await expect(confirmer({ yes: true, signal })('install?')).resolves.toBe(true);
    vi.stubEnv('CI', 'true');
    await expect(confirmer({ yes: false, signal })('install?')).resolves.toBe(true);
    vi.unstubAllEnvs();
  });

  it('says no where nobody can be asked', async () => {
    vi.stubEnv('CI', '');
    await expect(confirmer({ yes: false, signal })('install?')).resolves.toBe(false);
    vi.unstubAllEnvs();
  });
});

it('lays out a table in columns, without space at the end', () => {
  expect(
    table(
      ['A', 'LONG'],
      [
        ['xyz', ''],
        ['', 'b'],
      ],
    ),
  ).toBe('A    LONG\nxyz\n     b');
});
