import { describe, expect, it } from 'vitest';

import { ownBuildOf, ownVersion, ownVersionParts } from './own-build.ts';

const tree = '9c4630953b5bffffffffffffffffffffffffffffffffffffffffffffffffffff';
const release = { version: '0.16.1', by: 'the nearest tag in its git' };

describe('ownBuildOf', () => {
  it.each([
    ['metallb@path:../metallb', { name: 'metallb', folder: '../metallb' }],
    ['metallb/frr@path:/src/metallb', { name: 'metallb', mode: 'frr', folder: '/src/metallb' }],
    // Behind the colon all is the path.
    ['metallb@path:a/frr', { name: 'metallb', folder: 'a/frr' }],
    ['metallb@path:a@b', { name: 'metallb', folder: 'a@b' }],
    ['metallb@0.16.1', undefined],
    ['metallb', undefined],
  ])('%s', (text, expected) => {
    expect(ownBuildOf(text)).toEqual(expected);
  });
});

describe('ownVersion', () => {
  it('goes there and back', () => {
    const version = ownVersion({ release, tree });
    expect(version).toBe('0.16.1+own.9c4630953b5b');
    expect(ownVersionParts(version)).toEqual({ release: '0.16.1', key: '9c4630953b5b' });
  });

  it.each(['0.16.1', '0.16.1+own.', '0.16.1+own.9c4630953b5', '0.16.1+build.9c4630953b5b'])(
    '%s is none',
    (version) => {
      expect(ownVersionParts(version)).toBeUndefined();
    },
  );
});
