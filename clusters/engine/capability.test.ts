import { describe, expect, it } from 'vitest';

import { hasCapability, SYS_RESOURCE } from './capability.ts';

describe('hasCapability', () => {
  it.each([
    ['all of them', 'CapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\n', true],
    ['all but that one', 'CapEff:\t000001ffffffffff\nCapBnd:\t000001fffeffffff\n', false],
    ['no such line', 'Name:\tnode\n', false],
  ])('reads the bounding set: %s', (_name, status, expected) => {
    expect(hasCapability(status, SYS_RESOURCE)).toBe(expected);
  });
});
