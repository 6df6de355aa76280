import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { readContext, readKubeconfig } from './kubeconfig.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dualvip-kubeconfig-'));
  file = path.join(folder, 'config');
});

afterEach(() => rm(folder, { recursive: true }));

async function read(user: object, cluster: object = {}, rest: object = {}): Promise<unknown> {
  const config = {
    'current-context': 'here',
    contexts: [
      { name: 'elsewhere', context: {} },
      { name: 'here', context: { cluster: 'c', user: 'u', namespace: 'demo' } },
    ],
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443', ...cluster } }],
    users: [
      { name: 'other', user: { exec: {} } },
      { name: 'u', user },
    ],
    ...rest,
  };
  await writeFile(file, stringify(config));
  return readKubeconfig(file);
}

describe('readKubeconfig', () => {
  it('reads certificates and keys that are in the file, as kind writes it', async () => {
    const user = { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') };
    expect(await read(user, { 'certificate-authority-data': base64('CA') })).toEqual({
      server: 'https://127.0.0.1:6443',
      certificateAuthority: 'CA',
      clientCertificate: 'CERT',
      clientKey: 'KEY',
    });
  });

  it('reads files beside the kubeconfig; data goes before a file', async () => {
    await writeFile(path.join(folder, 'ca.pem'), 'CA of the file');
    await writeFile(path.join(folder, 'key.pem'), 'KEY of the file');
    const user = { 'client-certificate-data': base64('CERT'), 'client-key': path.join(folder, 'key.pem') };
    const cluster = { 'certificate-authority': 'ca.pem' };
    expect(await read(user, cluster)).toMatchObject({
      certificateAuthority: 'CA of the file',
      clientKey: 'KEY of the file',
    });
    expect(await read(user, { ...cluster, 'certificate-authority-data': base64('CA') })).toMatchObject({
      certificateAuthority: 'CA',
    });
  });

  it('reads a token, the one of a file first', async () => {
    await writeFile(path.join(folder, 'token'), 'from the file\n');
    expect(await read({ token: 'plain' })).toMatchObject({ token: 'plain' });
    await read({ token: 'plain', tokenFile: 'token' });
    const { credentials, token } = await readKubeconfig(file);
    expect(token).toBeUndefined();
    const first = await credentials?.current();
    expect(first).toEqual({ token: 'from the file' });
    // Whoever writes the file renews it.
    await writeFile(path.join(folder, 'token'), 'renewed\n');
    expect(await credentials?.current()).toEqual({ token: 'from the file' });
    expect(await credentials?.renewed(first ?? {})).toEqual({ token: 'renewed' });
  });

  it('reads the context that is named', async () => {
    await read({ token: 'plain' });
    expect(await readContext(file, 'here')).toMatchObject({ context: 'here', access: { token: 'plain' } });
    await expect(readContext(file, 'there')).rejects.toMatchObject({
      code: 'DUALVIP_CONTEXT_UNKNOWN',
      message: `kubeconfig ${file}: there is no context named "there"`,
      hint: 'Name one by --context: elsewhere, here.',
      exitCode: 64,
    });
  });

  it('reads how to check the server', async () => {
    const cluster = { 'tls-server-name': 'kubernetes', 'insecure-skip-tls-verify': true };
    expect(await read({}, cluster)).toEqual({
      server: 'https://127.0.0.1:6443',
      tlsServerName: 'kubernetes',
      insecureSkipTlsVerify: true,
    });
  });

  it.each([
    ['auth-provider', { 'auth-provider': { name: 'gcp' } }],
    ['username, password', { username: 'a', password: 'b' }],
    ['as', { token: 'a', as: 'root' }],
  ])('refuses a user with %s', async (keys, user) => {
    await expect(read(user)).rejects.toMatchObject({
      code: 'DUALVIP_KUBECONFIG_INVALID',
      message: `kubeconfig ${file}: user "u" uses ${keys}, which dualvip does not support`,
      hint: 'Use a kubeconfig with a client certificate, a token or a program for credentials (exec), and no proxy.',
    });
  });

  it('refuses a proxy', async () => {
    await expect(read({}, { 'proxy-url': 'http://127.0.0.1:3128' })).rejects.toThrow(
      `kubeconfig ${file}: cluster "c" uses proxy-url, which dualvip does not support`,
    );
  });

  it('says what is missing', async () => {
    await expect(read({}, {}, { 'current-context': '' })).rejects.toThrow(
      `kubeconfig ${file}: no current context is set`,
    );
    await expect(read({}, {}, { users: null })).rejects.toThrow(
      `kubeconfig ${file}: there is no user named "u"`,
    );
    await expect(readKubeconfig(path.join(folder, 'none'))).rejects.toMatchObject({
      code: 'DUALVIP_KUBECONFIG_UNREADABLE',
      hint: 'Create the cluster first, or name the kubeconfig of one that runs.',
    });
    await expect(read({ exec: { command: 'aws' } })).rejects.toThrow(
      `kubeconfig ${file}: user "u": ✖ Invalid option`,
    );
    await expect(read({ 'client-key': 'none.pem' })).rejects.toMatchObject({
      code: 'DUALVIP_KUBECONFIG_UNREADABLE',
    });
  });

  it('refuses a file that is not YAML', async () => {
    await writeFile(file, 'a: [');
    await expect(readKubeconfig(file)).rejects.toMatchObject({ code: 'DUALVIP_KUBECONFIG_INVALID' });
  });
});
