import { chmod, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { FakeApiServer, json, status } from './fake-api-server.ts';
import { readContext } from './kubeconfig.ts';
import { ApiTransport } from './transport.ts';

const GET = { method: 'GET', path: '/api/v1/nodes' } as const;
const V1 = 'client.authentication.k8s.io/v1';

/** A kubeconfig whose user is a shell script beside it. */
async function withProgram(script: string, { server = 'http://127.0.0.1:1', exec = {} } = {}) {
  const folder = await mkdtempDisposable(path.join(tmpdir(), 'dualvip-exec-'));
  const program = path.join(folder.path, 'login.sh');
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o700);
  const user = { exec: { apiVersion: V1, command: './login.sh', interactiveMode: 'Never', ...exec } };
  const file = path.join(folder.path, 'config');
  await writeFile(
    file,
    JSON.stringify({
      'current-context': 'here',
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user }],
    }),
  );
  return { file, folder: folder.path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

async function lent(script: string, exec: object = {}) {
  await using config = await withProgram(script, { exec });
  const { access } = await readContext(config.file);
  if (!access.credentials) throw new Error('no credentials');
  return await access.credentials.current();
}

const answering = (statusText: string) =>
  `echo '{"apiVersion":"${V1}","kind":"ExecCredential","status":${statusText}}'`;

describe('execCredentials', () => {
  it('takes a token, or a certificate with its key', async () => {
    expect(await lent(answering('{"token":"t0"}'))).toEqual({ token: 't0' });
    expect(await lent(answering('{"clientCertificateData":"CERT","clientKeyData":"KEY"}'))).toEqual({
      clientCertificate: 'CERT',
      clientKey: 'KEY',
    });
  });

  it('tells the program what it is asked for, and which cluster where it wants to know', async () => {
    const script = `token=$(printf %s "$KUBERNETES_EXEC_INFO $1 $WHO" | base64 -w0)
echo "{\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"$token\\"}}"`;
    const exec = { args: ['an-argument'], env: [{ name: 'WHO', value: 'me' }] };
    const { token = '' } = await lent(script, { ...exec, provideClusterInfo: true });
    expect(Buffer.from(token, 'base64').toString()).toBe(
      `{"apiVersion":"${V1}","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"http://127.0.0.1:1"}}} an-argument me`,
    );
    const { token: other = '' } = await lent(script, exec);
    expect(Buffer.from(other, 'base64').toString()).not.toContain('cluster"');
  });

  it('is run again when the server refuses what it gave, once for a call', async () => {
    await using server = await FakeApiServer.start({
      'GET /api/v1/nodes': (response, { headers }) =>
        headers.authorization === 'Bearer token-1'
          ? json(response, status(401, 'Unauthorized', 'Unauthorized'), 401)
          : json(response, { fine: true }),
    });
    const count = `cd "$(dirname "$0")"; echo x >> calls; n=$(wc -l < calls)
echo "{\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"token-$((n))\\"}}"`;
    await using config = await withProgram(count, { server: server.access.server });
    await using transport = new ApiTransport((await readContext(config.file)).access);
    expect(await transport.request(GET)).toEqual({ fine: true });
    expect(await transport.request(GET)).toEqual({ fine: true });
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
      'Bearer token-2',
    ]);
  });

  it('does not go on for ever where the server refuses everything', async () => {
    await using server = await FakeApiServer.start({
      'GET /api/v1/nodes': (response) => json(response, status(401, 'Unauthorized', 'Unauthorized'), 401),
    });
    await using config = await withProgram(answering('{"token":"t0"}'), { server: server.access.server });
    await using transport = new ApiTransport((await readContext(config.file)).access);
    await expect(transport.request(GET)).rejects.toMatchObject({ code: 'DUALVIP_API_UNAUTHORIZED' });
    expect(server.received).toHaveLength(2);
  });

  it.each([
    ['ended with exit code 3', 'echo sesame; echo sesame >&2; exit 3'],
    ['gave no ExecCredential with a token or a certificate', 'echo sesame'],
    ['gave no ExecCredential with a token or a certificate', answering('{"user":"sesame"}')],
  ])('says that it %s, and nothing that it wrote', async (how, script) => {
    const error: unknown = await lent(script, { args: ['--password', 'sesame'] }).catch(
      (one: unknown) => one,
    );
    expect(error).toMatchObject({
      code: 'DUALVIP_KUBECONFIG_EXEC',
      message: `the program login.sh, which the kubeconfig names for credentials, ${how}`,
      hint: 'It is run without a terminal. Does `kubectl get nodes` work with this kubeconfig?',
    });
    expect(inspect(error)).not.toContain('sesame');
  });

  it('says how to get a program that is not there', async () => {
    const exec = { command: 'dualvip-no-such-program', installHint: 'Install it.\nThen log in.' };
    await expect(lent('', exec)).rejects.toMatchObject({
      message:
        'the program dualvip-no-such-program, which the kubeconfig names for credentials, is not there',
      hint: 'Install it.',
    });
  });
});
