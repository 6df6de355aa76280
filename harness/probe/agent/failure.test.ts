import { describe, expect, it } from 'vitest';

import { CLOSED, failureOf } from './failure.ts';

const failed = (code: string | undefined, message = 'what happened', name = 'Error') =>
  Object.assign(new Error(message), { code, name });

describe('failureOf', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['EADDRNOTAVAIL', 'unreachable'],
    ['EACCES', 'unreachable'],
    ['ETIMEDOUT', 'timeout'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
  ])('takes %s for %s and keeps the errno', (code, outcome) => {
    expect(failureOf(failed(code))).toEqual({ outcome, detail: code });
  });

  it.each([CLOSED, 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_RES_EXCEEDED_MAX_SIZE'])(
    'takes %s for reset and says it in words',
    (code) => {
      expect(failureOf(failed(code, 'other side closed'))).toEqual({
        outcome: 'reset',
        detail: 'other side closed',
      });
    },
  );

  it('takes what is not HTTP for reset', () => {
    expect(failureOf(failed(undefined, 'no HTTP', 'HTTPParserError'))).toEqual({
      outcome: 'reset',
      detail: 'no HTTP',
    });
  });

  it.each(['EMFILE', 'EPERM', 'UND_ERR_INVALID_ARG'])('makes no verdict of %s', (code) => {
    expect(failureOf(failed(code))).toBeUndefined();
  });

  it('makes no verdict of what has no code', () => {
    expect(failureOf(new TypeError('a bug'))).toBeUndefined();
    expect(failureOf('a string')).toBeUndefined();
  });
});
