import { describe, expect, it } from 'vitest';

import { EXIT, HarnessError, messageOf, UsageError } from './errors.ts';

describe('HarnessError', () => {
  it('carries code, hint, cause and evidence beside its message', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new HarnessError('DUALVIP_X', 'it is wrong', { hint: 'Mend it.', cause, evidence: '/log' });
    expect(error).toMatchObject({
      name: 'HarnessError',
      code: 'DUALVIP_X',
      message: 'it is wrong',
      hint: 'Mend it.',
      evidence: '/log',
      exitCode: EXIT.harness,
    });
    expect(error.cause).toBe(cause);
  });

  it('has no cause where none was given', () => {
    expect(new HarnessError('DUALVIP_X', 'it is wrong')).not.toHaveProperty('cause');
  });

  it('is told from a wrong use by its exit code', () => {
    const error = new UsageError('DUALVIP_X', 'no such flag');
    expect(error).toBeInstanceOf(HarnessError);
    expect([error.name, error.exitCode]).toEqual(['UsageError', 64]);
    expect(EXIT).toEqual({ ok: 0, verdict: 1, harness: 2, usage: 64 });
  });
});

describe('messageOf', () => {
  it.each([
    [new TypeError('bad'), 'bad'],
    ['text', 'text'],
    [undefined, 'undefined'],
    [7, '7'],
    [new SuppressedError(new Error('then'), new Error('first')), 'first'],
  ])('of %j is "%s"', (thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });
});
