/** The fields of os-release(5) that matter here. */
export interface OsRelease {
  /** `debian`, `ubuntu`, … */
  id: string;
  /** `12`; empty for Debian testing and unstable. */
  versionId: string;
  /** `bookworm` */
  codename: string;
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  name: string;
}

/** @param text of /etc/os-release: shell assignments, quotes allowed. */
export function parseOsRelease(text: string): OsRelease {
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(/^([A-Z_]+)=(.*)$/gm)) {
    fields.set(name, value.trim().replace(/^(["'])(.*)\1$/, '$2'));
  }
  return {
    id: fields.get('ID') ?? 'linux',
    versionId: fields.get('VERSION_ID') ?? '',
    codename: fields.get('VERSION_CODENAME') ?? '',
    name: fields.get('PRETTY_NAME') ?? fields.get('ID') ?? 'Linux',
  };
}
