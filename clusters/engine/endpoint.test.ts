import { describe, expect, it } from 'vitest';

import { HarnessError } from '../../base/errors.ts';
import { findEndpoint, parseContext } from './endpoint.ts';

function context(name: string, host: string, more: object = {}): string {
  return JSON.stringify([
    { Name: name, Endpoints: { docker: { Host: host, SkipTLSVerify: false } }, ...more },
  ]);
}

describe('parseContext', () => {
  it('gives the default socket no name, since nobody chose it', () => {
    const tls = { TLSMaterial: {}, Storage: { MetadataPath: '<IN MEMORY>', TLSPath: '' } };
    expect(parseContext(context('default', 'unix:///var/run/docker.sock', tls))).toEqual({
      host: 'unix:///var/run/docker.sock',
      namedBy: undefined,
      variables: { DOCKER_HOST: 'unix:///var/run/docker.sock' },
    });
  });

  it('hands the TLS files of a context to child processes', () => {
    const tls = {
      TLSMaterial: { docker: ['ca.pem', 'cert.pem', 'key.pem'] },
      Storage: { TLSPath: '/home/u/.docker/contexts/tls/abc' },
    };
    expect(parseContext(context('lab', 'tcp://192.0.2.7:2376', tls))).toEqual({
      host: 'tcp://192.0.2.7:2376',
      namedBy: 'context "lab"',
      variables: {
        DOCKER_HOST: 'tcp://192.0.2.7:2376',
        DOCKER_TLS_VERIFY: '1',
        DOCKER_CERT_PATH: '/home/u/.docker/contexts/tls/abc/docker',
      },
    });
  });

  it.each(['', '[]', '{}', '[{"Name":"k","Endpoints":{}}]'])('refuses %j', (text) => {
    expect(() => parseContext(text)).toThrow('docker context inspect names no Docker endpoint');
  });
});

describe('findEndpoint', () => {
  it('takes DOCKER_HOST before any context', async () => {
    const environment = { DOCKER_HOST: 'tcp://[2001:db8::7]:2375', DOCKER_CONTEXT: 'lab' };
    expect(
      await findEndpoint({ environment, command: () => Promise.reject(new Error('must not be asked')) }),
    ).toEqual({
      host: 'tcp://[2001:db8::7]:2375',
      namedBy: 'DOCKER_HOST',
      variables: { DOCKER_HOST: 'tcp://[2001:db8::7]:2375' },
    });
  });

  it('takes an empty DOCKER_HOST for none, as the client does', async () => {
    const found = await findEndpoint({
      environment: { DOCKER_HOST: '' },
      command: () => Promise.resolve(context('colima', 'unix:///c.sock')),
    });
    expect(found?.namedBy).toBe('context "colima"');
  });

  it('is undefined without a client', async () => {
    const missing = new HarnessError('DUALVIP_COMMAND_NOT_FOUND', 'docker: no such program');
    expect(await findEndpoint({ environment: {}, command: () => Promise.reject(missing) })).toBeUndefined();
  });

  it('passes on that the context does not exist', async () => {
    const wrong = new HarnessError('DUALVIP_COMMAND_FAILED', 'context "nope": context not found');
    await expect(findEndpoint({ environment: {}, command: () => Promise.reject(wrong) })).rejects.toBe(wrong);
  });
});
