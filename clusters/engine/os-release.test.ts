import { expect, it } from 'vitest';

import { parseOsRelease } from './os-release.ts';

it('reads quoted and bare values', () => {
  const text = `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
`;
  expect(parseOsRelease(text)).toEqual({
    id: 'debian',
    versionId: '12',
    codename: 'bookworm',
    name: 'Debian GNU/Linux 12 (bookworm)',
  });
});

it('knows that Debian testing has no version', () => {
  expect(parseOsRelease('ID=debian\nVERSION_CODENAME=forky\n')).toEqual({
    id: 'debian',
    versionId: '',
    codename: 'forky',
    name: 'debian',
  });
});
