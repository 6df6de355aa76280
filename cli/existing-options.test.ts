import { describe, expect, it } from 'vitest';

import { checkExisting } from './existing-options.ts';

const check = (flags: object, typed: readonly string[]) =>
  checkExisting(flags, (option) => typed.includes(option));

describe('checkExisting', () => {
  it('lets flags be that are about one cluster', () => {
    expect(() => check({}, ['topology', 'name'])).not.toThrow();
    const flags = { kubeconfig: 'k', ipv6Range: 'fd00::1-fd00::9' };
    expect(() => check(flags, ['kubeconfig', 'ipv6Range', 'implementation', 'probe'])).not.toThrow();
  });

  it.each([
    [{ probe: 'p' }, ['probe'], '--probe is for a cluster that --kubeconfig leads to'],
    [{ ipv4Range: 'r' }, ['ipv4Range'], '--ipv4-range is for a cluster that --kubeconfig leads to'],
    [
      { kubeconfig: 'k', ipv4Range: 'r' },
      ['kubeconfig', 'topology'],
      '--topology is for clusters that dualvip makes, and --kubeconfig leads to one that is there',
    ],
    [
      { kubeconfig: 'k', ipv4Range: 'r', nudges: 'all' },
      ['kubeconfig'],
      '--nudges all restarts the controller, which is not done in a cluster that --kubeconfig leads to',
    ],
    [{ kubeconfig: 'k' }, ['kubeconfig'], 'no addresses were given for the pools of the run'],
  ])('refuses %j', (flags, typed, message) => {
    expect(() => check(flags, typed)).toThrow(expect.objectContaining({ message, exitCode: 64 }));
  });
});
