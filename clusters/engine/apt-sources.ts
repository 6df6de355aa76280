/** One archive that apt reads: a line of sources.list, or one URI of a stanza of a `.sources` file. */
export interface AptSource {
  uri: string;
  suites: string[];
  components: string[];
}

/**
 * The `deb` entries of a file of sources, by sources.list(5): deb822 stanzas where the name ends in `.sources`,
 * else one entry a line. Disabled entries and `deb-src` are left out.
 */
export function parseAptSources(fileName: string, text: string): AptSource[] {
  return fileName.endsWith('.sources') ? parseStanzas(text) : text.split('\n').flatMap(parseLine);
}

/** `deb [option=value …] uri suite component…` */
function parseLine(line: string): AptSource[] {
  const [, uri, rest] = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+([^#]+)/.exec(line) ?? [];
  if (uri === undefined || rest === undefined) return [];
  const [suite = '', ...components] = words(rest);
  return [{ uri, suites: [suite], components }];
}

function parseStanzas(text: string): AptSource[] {
  const withoutComments = text.replaceAll(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    // A line that begins with a blank continues the field before it.
    for (const field of stanza.split(/\n(?![ \t])/)) {
      const colon = field.indexOf(':');
      if (colon > 0) fields.set(field.slice(0, colon).trim().toLowerCase(), field.slice(colon + 1));
    }
    const list = (name: string) => words(fields.get(name) ?? '');
    const enabled = !/^(no|false|without|off|disable)$/i.test(list('enabled')[0] ?? 'yes');
    if (!enabled || !list('types').includes('deb')) return [];
    return list('uris').map((uri) => ({ uri, suites: list('suites'), components: list('components') }));
  });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/**
 * The mirror that this machine takes its own release from. Another release of Debian is to be had there too,
 * and the machine can reach it.
 */
export function mirrorOf(codename: string, sources: readonly AptSource[]): string | undefined {
  return sources.find(({ suites, components }) => suites.includes(codename) && components.includes('main'))
    ?.uri;
}
