import { describe, expect, it } from 'vitest';

import { nearestRelease, taggedRelease } from './release.ts';

describe('nearestRelease', () => {
  it.each([
    [
      { tag: 'v0.15.2', notes: '0.16.1' },
      { version: '0.16.1', by: 'notes' },
    ],
    [
      { tag: 'v0.16.1', manifests: 'v0.16.1' },
      { version: '0.16.1', by: 'tag' },
    ],
    // The main branch's manifests name no version.
    [
      { manifests: 'main', notes: '0.16.0' },
      { version: '0.16.0', by: 'notes' },
    ],
    [
      { tag: 'v0.17.0-rc1', notes: '0.16.1' },
      { version: '0.17.0-rc1', by: 'tag' },
    ],
    [{ tag: undefined, manifests: 'main', notes: '' }, undefined],
  ])('%j', (told, expected) => {
    expect(nearestRelease(told)).toEqual(expected);
  });
});

describe('taggedRelease', () => {
  it.each([
    ['v0.16.1-3-g1a2b3c4', 'v0.16.1'],
    ['v0.16.1', 'v0.16.1'],
    ['v0.17.0-rc1-12-g1a2b3c4', 'v0.17.0-rc1'],
    [undefined, undefined],
  ])('%s', (describe_, expected) => {
    expect(taggedRelease(describe_)).toBe(expected);
  });
});
