import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { redactedObjects, redactedText } from './redaction.ts';

const OPTIONS = { home: '/home/somebody', hostname: 'desk-17' };
const text = (given: string) => redactedText(given, OPTIONS);
const JWT = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(30)}.${'c'.repeat(43)}`;

describe('redactedText', () => {
  it.each([
    ['a token of a service account', `token: ${JWT}`, 'token: REDACTED'],
    ['one without a key before it', `got ${JWT} from it`, 'got REDACTED from it'],
    ['a header', '"Authorization": "Bearer abcdefgh.12345"', '"Authorization": "Bearer REDACTED"'],
    ['a password in YAML', 'password: hunter2!', 'password: REDACTED'],
    ['a password in JSON', '{"routerPassword":"hunter2!","a":1}', '{"routerPassword":"REDACTED","a":1}'],
    [
      'a password in JSON in JSON',
      String.raw`"{\"password\":\"hunter2!\"}"`,
      String.raw`"{\"password\":\"REDACTED\"}"`,
    ],
    ['an address with a password', 'https://me:hunter2@host/x', 'https://REDACTED@host/x'],
    ['a bootstrap token', 'join abcdef.0123456789abcdef now', 'join REDACTED now'],
    ['a key of a kubeconfig', 'client-key-data: LS0tLS1CRUdJTg==', 'client-key-data: REDACTED'],
    ['an API key', 'api_key=0123456789', 'api_key=REDACTED'],
    [
      "a peer's password in FRR's configuration",
      ' neighbor 10.0.0.1 password pw1',
      ' neighbor 10.0.0.1 password REDACTED',
    ],
    ['a mirror', '["run","--registry-prefix","mirror.corp/x"]', '["run","--registry-prefix","REDACTED"]'],
    [
      'a mirror with white space',
      '"--registry-prefix",\n  "mirror.corp/x"',
      '"--registry-prefix",\n  "REDACTED"',
    ],
    ['the user', 'in /home/somebody/work/x', 'in ~/work/x'],
    ['the machine', 'node desk-17 said', 'node HOSTNAME said'],
    [
      'a private key',
      '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest',
      '-----REDACTED PRIVATE KEY-----\nrest',
    ],
    [
      'a private key in JSON',
      String.raw`"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"`,
      String.raw`"-----REDACTED PRIVATE KEY-----\n"`,
    ],
  ])('has no more %s', (_, given, expected) => {
    expect(text(given)).toBe(expected);
  });

  it.each([
    'secretName: memberlist',
    'automountServiceAccountToken: true',
    'volumes: [{secret: {secretName: memberlist}}]',
    'secret:\n  secretName: memberlist',
    '172.18.255.1 unreachable (EHOSTUNREACH) after 3071.2 ms',
    'image: quay.io/metallb/speaker:v0.16.1',
    'desk-175 and my-desk-17-b',
    'sha256:1f2e3d4c5b6a79880123456789abcdef',
    'fd00:10:96::4d1c',
  ])('leaves alone: %s', (given) => {
    expect(text(given)).toBe(given);
  });
});

const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: bgp
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: 'c2VjcmV0IQ=='
data:
  a: c2VjcmV0IQ==
stringData:
  b: plain words
`;

describe('redactedObjects', () => {
  it('has no data of Secrets, in a file with others', () => {
    const given = `${SECRET}---\napiVersion: v1\nkind: Service\nmetadata: { name: web }\n`;
    const redacted = redactedObjects(given, OPTIONS);
    expect(redacted).not.toContain('c2VjcmV0IQ==');
    expect(redacted).not.toContain('plain words');
    expect(parseAllDocuments(redacted).map((one): unknown => one.toJS())).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'bgp' },
        data: { a: 'REDACTED' },
        stringData: { b: 'REDACTED' },
      },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } },
    ]);
  });

  it('has none in a list of JSON either, and no variables that are named for secrets', () => {
    const given = JSON.stringify([
      { kind: 'Secret', metadata: { name: 'a' }, data: { x: 'c2VjcmV0IQ==' } },
      {
        kind: 'Pod',
        spec: {
          containers: [
            {
              env: [
                {
                  name: 'METALLB_ML_SECRET_KEY',
                  valueFrom: { secretKeyRef: { name: 'memberlist', key: 'k' } },
                },
                { name: 'API_TOKEN', value: 'abc' },
                { name: 'NODE', value: 'worker' },
              ],
            },
          ],
        },
      },
    ]);
    const redacted: unknown = JSON.parse(redactedObjects(given, OPTIONS));
    expect(redacted).toMatchObject([
      { data: { x: 'REDACTED' } },
      {
        spec: {
          containers: [
            {
              env: [
                { valueFrom: { secretKeyRef: { name: 'memberlist' } } },
                { name: 'API_TOKEN', value: 'REDACTED' },
                { name: 'NODE', value: 'worker' },
              ],
            },
          ],
        },
      },
    ]);
  });

  it('treats what it cannot parse as text', () => {
    expect(redactedObjects('kind: Secret\n\t- password: hunter2', OPTIONS)).toBe(
      'kind: Secret\n\t- password: REDACTED',
    );
  });
});
