import { describe, expect, it } from 'vitest';

import { UsageError } from './errors.ts';
import { checkTimeoutOverrides, TIMEOUTS, timeoutMs } from './timeouts.ts';

/** The error that a function throws. */
function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('timeoutMs', () => {
  it('is the table’s, unless the environment has one of its name', () => {
    const environment = { DUALVIP_TIMEOUT_ENGINE_START: '1500', DUALVIP_TIMEOUT_API: '1' };
    expect(timeoutMs('engineStart', environment)).toBe(1500);
    expect(timeoutMs('api', environment)).toBe(1);
    expect(timeoutMs('assignment', environment)).toBe(TIMEOUTS.assignment);
  });
});

describe('checkTimeoutOverrides', () => {
  it('takes whole numbers, and leaves other variables alone', () => {
    expect(
      thrownBy(() =>
        checkTimeoutOverrides({
          DUALVIP_TIMEOUT_SETTLE: '2147483647',
          DUALVIP_TIMEOUT_API: '1e3',
          DUALVIP_CACHE_DIR: 'x',
          PATH: '/bin',
        }),
      ),
    ).toBeUndefined();
  });

  it('refuses a name that is no timeout, and says which there are', () => {
    const error = thrownBy(() => checkTimeoutOverrides({ DUALVIP_TIMEOUT_ASIGNMENT: '5' }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      code: 'DUALVIP_TIMEOUT_UNKNOWN',
      message: 'DUALVIP_TIMEOUT_ASIGNMENT names no timeout',
      hint: expect.stringMatching(
        /^Known: DUALVIP_TIMEOUT_ENGINE_START, DUALVIP_TIMEOUT_NODES_READY, .*, DUALVIP_TIMEOUT_CLEANUP$/,
      ),
    });
  });

  it('knows the name of every timeout', () => {
    const names = Object.keys(TIMEOUTS).map((name) => name.replaceAll(/[A-Z]/g, '_$&').toUpperCase());
    const environment = Object.fromEntries(names.map((name) => [`DUALVIP_TIMEOUT_${name}`, '7']));
    expect(thrownBy(() => checkTimeoutOverrides(environment))).toBeUndefined();
  });

  // Node's timers know whole numbers, and take one above 2^31 - 1 for 1.
  it.each(['', '0', '-5', '30s', 'NaN', 'Infinity', '0.5', '2147483648'])('refuses "%s"', (value) => {
    const error = thrownBy(() => checkTimeoutOverrides({ DUALVIP_TIMEOUT_API: value }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      code: 'DUALVIP_TIMEOUT_INVALID',
      message: `DUALVIP_TIMEOUT_API=${value} is not a number of milliseconds`,
      hint: 'Write a whole number from 1 to 2147483647, for instance DUALVIP_TIMEOUT_API=60000.',
    });
  });
});
