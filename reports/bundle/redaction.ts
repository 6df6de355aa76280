import { isMap, isScalar, isSeq, parseAllDocuments, visit } from 'yaml';

/** In the place of what is nobody's business. No quotes or colons: JSON and YAML stay what they are. */
export const REDACTED = 'REDACTED';

export interface RedactionOptions {
  /** The user's home folder, whose path names the user. */
  home: string;
  /** The machine's name. */
  hostname: string;
}

const RULES: [RegExp, string][] = [
  [
    /-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----[\s\S]*?-----END \1PRIVATE KEY-----/g,
    `-----${REDACTED} PRIVATE KEY-----`,
  ],
  // A JSON Web Token, as service accounts have them (RFC 7519).
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g, REDACTED],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  [/(:\/\/)[^\s/@:"']+:[^\s/@"']+@/g, `$1${REDACTED}@`],
  // FRR's configuration, which its logs may have.
  [/(\bneighbor\s+\S+\s+password\s+(?:\d\s+)?)\S+/gi, `$1${REDACTED}`],
  // kubeadm's bootstrap tokens.
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, REDACTED],
  // A key whose name says that its value is one; true and false are none.
  [
    /((?:password|passwd|token|secret|secretkey|api[-_]?key|client-key-data|private[-_]?key|authorization|credentials?)\\?["']?[ \t]*[:=][ \t]*\\?["']?)(?!(?:true|false|null|Bearer|Basic|REDACTED)\b|[[{|>])([^\s"',}\\]{4,})/gi,
    `$1${REDACTED}`,
  ],
  // A mirror's name is often a company's.
  [/(--registry-prefix(?:=|",?\s*"|\s+))[^\s"',]+/g, `$1${REDACTED}`],
];

/** A text without passwords, tokens, keys, and names of user and machine. */
export function redactedText(text: string, { home, hostname }: RedactionOptions): string {
  let result = RULES.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), text);
  if (home.length > 1) result = result.replaceAll(`${home.replace(/\/$/, '')}/`, '~/');
  // "localhost" and its like name nobody.
  if (hostname.length > 3 && hostname !== 'localhost') {
    const name = hostname.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    result = result.replaceAll(new RegExp(String.raw`(?<![\w-])${name}(?![\w-])`, 'g'), 'HOSTNAME');
  }
  return result;
}

const SECRET_VARIABLE = /(token|password|passwd|secret|key|credentials?)$/i;

/**
 * YAML or JSON of Kubernetes objects: as `redactedText`, and no data of Secrets, and no values of environment
 * variables that are named for secrets. What cannot be parsed is treated as text.
 */
export function redactedObjects(text: string, options: RedactionOptions): string {
  if (!/Secret|"?env"?\s*:/.test(text)) return redactedText(text, options);
  const documents = parseAllDocuments(text);
  if (documents.some(({ errors }) => errors.length > 0)) return redactedText(text, options);
  let isChanged = false;
  for (const document of documents) {
    visit(document, {
      Map(_, map) {
        if (map.get('kind') === 'Secret') {
          for (const key of ['data', 'stringData', 'metadata']) {
            const value = map.get(key);
            if (!isMap(value)) continue;
            // What was applied last stands in an annotation, with all that is in it.
            if (key === 'metadata') isChanged = value.delete('annotations') || isChanged;
            else for (const pair of value.items) pair.value = document.createNode(REDACTED);
            isChanged = true;
          }
        }
        const env = map.get('env');
        if (!isSeq(env)) return;
        for (const one of env.items) {
          const name = isMap(one) ? one.get('name') : undefined;
          if (!isMap(one) || typeof name !== 'string' || !SECRET_VARIABLE.test(name)) continue;
          if (!isScalar(one.get('value', true))) continue;
          one.set('value', REDACTED);
          isChanged = true;
        }
      },
    });
  }
  if (!isChanged) return redactedText(text, options);
  const isJson = /^\s*[[{]/.test(text);
  const written = isJson
    ? `${JSON.stringify(documents[0]?.toJS(), null, 2)}\n`
    : documents.map((document) => document.toString()).join('---\n');
  return redactedText(written.replaceAll(/^(---\n){2,}/gm, '---\n'), options);
}
