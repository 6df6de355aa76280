import { describe, expect, it } from 'vitest';

import { runningImplementation } from './installed.ts';

const METALLB = { name: 'metallb', version: '0.15.2', mode: 'native' };

describe('runningImplementation', () => {
  it('is the one that runs, also at a version that is not pinned, and in a mode that cannot be built', () => {
    expect(runningImplementation(METALLB, undefined).ref).toEqual(METALLB);
    expect(runningImplementation({ ...METALLB, version: '0.14.5' }, 'metallb').annotations.pool).toBe(
      'metallb.universe.tf/address-pool',
    );
    expect(runningImplementation({ ...METALLB, mode: 'frr' }, 'metallb@v0.15.2/frr').ref.mode).toBe('frr');
  });

  it('takes what was named for what the cluster does not tell', () => {
    const silent = { name: 'metallb', mode: 'native' };
    expect(runningImplementation(silent, 'metallb@0.14.9').ref.version).toBe('0.14.9');
    expect(() => runningImplementation(silent, undefined)).toThrow(
      expect.objectContaining({
        code: 'DUALVIP_VERSION_UNKNOWN',
        message: "the image of metallb's controller does not tell its version",
        hint: 'Say it: --implementation metallb@VERSION.',
      }),
    );
  });

  it.each([
    [
      'metallb@0.16.1',
      'the cluster has metallb 0.15.2, and not the version of --implementation metallb@0.16.1',
    ],
    ['metallb/frr', 'the cluster has metallb native, and not the mode of --implementation metallb/frr'],
  ])('refuses %s', (named, message) => {
    expect(() => runningImplementation(METALLB, named)).toThrow(
      expect.objectContaining({ code: 'DUALVIP_IMPLEMENTATION_MISMATCH', message, exitCode: 64 }),
    );
  });
});
