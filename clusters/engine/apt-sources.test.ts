import { describe, expect, it } from 'vitest';

import { mirrorOf, parseAptSources } from './apt-sources.ts';

describe('parseAptSources', () => {
  it('reads deb822 stanzas: comments inside, several URIs, a continued field', () => {
    const text = `Types: deb deb-src
# http://snapshot.example.org/archive
URIs: http://a.example.org/debian
 http://b.example.org/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

types: deb
uris: mirror+file:/etc/apt/mirrors/security.list
suites: bookworm-security
components: main
`;
    expect(parseAptSources('debian.sources', text)).toEqual([
      {
        uri: 'http://a.example.org/debian',
        suites: ['bookworm', 'bookworm-updates'],
        components: ['main', 'contrib'],
      },
      {
        uri: 'http://b.example.org/debian',
        suites: ['bookworm', 'bookworm-updates'],
        components: ['main', 'contrib'],
      },
      {
        uri: 'mirror+file:/etc/apt/mirrors/security.list',
        suites: ['bookworm-security'],
        components: ['main'],
      },
    ]);
  });

  it('leaves out stanzas that are disabled or of source packages', () => {
    const text = `Enabled: no
Types: deb
URIs: http://a.example.org/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://a.example.org/debian
Suites: bookworm
Components: main
`;
    expect(parseAptSources('debian.sources', text)).toEqual([]);
  });

  it('reads one-line entries, options and comments included', () => {
    const text = `# deb http://old.example.org/debian bookworm main
deb [ arch=amd64 signed-by=/k.gpg ] http://a.example.org/debian bookworm main contrib # ours
deb-src http://a.example.org/debian bookworm main
deb http://v.example.org/apt stable/
`;
    expect(parseAptSources('sources.list', text)).toEqual([
      { uri: 'http://a.example.org/debian', suites: ['bookworm'], components: ['main', 'contrib'] },
      { uri: 'http://v.example.org/apt', suites: ['stable/'], components: [] },
    ]);
  });
});

describe('mirrorOf', () => {
  const security = {
    uri: 'http://s.example.org/debian-security',
    suites: ['bookworm-security'],
    components: ['main'],
  };
  const vendor = { uri: 'http://v.example.org/apt', suites: ['bookworm'], components: ['stable'] };
  const archive = { uri: 'http://a.example.org/debian', suites: ['bookworm'], components: ['main'] };

  it('is the archive of the release: neither its security archive nor a vendor', () => {
    expect(mirrorOf('bookworm', [security, vendor, archive])).toBe('http://a.example.org/debian');
  });

  it('is undefined when the sources name none', () => {
    expect(mirrorOf('bookworm', [security, vendor])).toBeUndefined();
  });
});
