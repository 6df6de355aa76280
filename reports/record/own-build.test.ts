import { expect, it } from 'vitest';

import { builtOf } from './own-build.ts';

const metallb = { name: 'metallb', version: '0.16.1+own.9c4630953b5b', mode: 'native' };
const build = {
  tree: '9c4630953b5bffffffffffffffffffffffffffffffffffffffffffffffffffff',
  release: { version: '0.16.1', by: 'the nearest tag in its git' },
};

it.each([
  [undefined, []],
  [build, ['built from sources 9c4630953b5b, taken for 0.16.1']],
  [{ ...build, commit: '1a2b3c4d5e6f', dirty: false }, ['built from commit 1a2b3c4, taken for 0.16.1']],
  [
    { ...build, commit: '1a2b3c4d5e6f', describe: 'v0.16.1-3-g1a2b3c4', dirty: true },
    ['built from commit 1a2b3c4 (v0.16.1-3-g1a2b3c4) with changes, taken for 0.16.1'],
  ],
])('%j', (given, expected) => {
  expect(builtOf({ ...metallb, build: given })).toEqual(expected);
});
