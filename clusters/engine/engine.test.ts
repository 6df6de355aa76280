import { describe, expect, it } from 'vitest';

import type { CommandOptions } from '../../base/command.ts';
import { HarnessError } from '../../base/errors.ts';
import { findEngine } from './engine.ts';

const environment = {
  DOCKER_HOST: 'tcp://192.0.2.7:2375',
  DUALVIP_STATE_DIR: '/nonexistent',
  DUALVIP_TIMEOUT_ENGINE_START: '40',
};
const INFO = {
  ServerVersion: '28.1.1',
  CgroupVersion: '2',
  Driver: 'overlay2',
  DockerRootDir: '/var/lib/docker',
  MemTotal: 8_000_000_000,
  NCPU: 4,
  KernelVersion: '6.12.0-other',
};

/** An engine that answers `docker info` so. */
function answering(info: object | string | Error) {
  return findEngine({
    environment,
    command: () =>
      info instanceof Error
        ? Promise.reject(info)
        : Promise.resolve(typeof info === 'string' ? info : JSON.stringify(info)),
  });
}

function failing(output: string): HarnessError {
  return new HarnessError('DUALVIP_COMMAND_FAILED', `docker info: exit code 1\n${output}`);
}

describe('findEngine', () => {
  it('tells what the engine says of itself', async () => {
    expect(await answering(INFO)).toEqual({
      host: 'tcp://192.0.2.7:2375',
      version: '28.1.1',
      cgroupVersion: 2,
      storageDriver: 'overlay2',
      dataRoot: '/var/lib/docker',
      memoryBytes: 8_000_000_000,
      cpus: 4,
      local: false,
      startedByHarness: false,
      capSysResource: true,
      environment,
    });
  });

  it('takes an engine that tells no cgroup version for one of version 1', async () => {
    expect((await answering({ ...INFO, CgroupVersion: undefined }))?.cgroupVersion).toBe(1);
  });

  it.each([
    ['a client of today', failing('Cannot connect to the Docker daemon at tcp://192.0.2.7:2375.')],
    ['no client', new HarnessError('DUALVIP_COMMAND_NOT_FOUND', 'docker: no such program')],
    ['a client before 23.0', { ServerErrors: ['Cannot connect to the Docker daemon.'], ServerVersion: '' }],
  ])('is undefined when no daemon answers: %s', async (_name, info) => {
    expect(await answering(info)).toBeUndefined();
  });

  it.each([
    ['a client of today', failing('permission denied while trying to connect to the Docker daemon socket')],
    ['a client before 23.0', { ServerErrors: ['Got permission denied while trying to connect'] }],
  ])('tells a socket that is not for this user from a missing daemon: %s', async (_name, info) => {
    await expect(answering(info)).rejects.toMatchObject({
      code: 'DUALVIP_ENGINE_PERMISSION',
      message: 'this user may not talk to the Docker daemon at tcp://192.0.2.7:2375',
      hint: 'Add yourself to the group docker (sudo usermod -aG docker $USER) and log in anew, or run as root.',
    });
  });

  it('passes on what a daemon refuses', async () => {
    await expect(
      answering(failing('Error response from daemon: client version 1.52 is too new')),
    ).rejects.toMatchObject({
      code: 'DUALVIP_ENGINE_UNKNOWN',
      message:
        'the Docker daemon at tcp://192.0.2.7:2375 refuses: docker info: exit code 1\n' +
        'Error response from daemon: client version 1.52 is too new',
    });
  });

  it.each(['not JSON', JSON.stringify({ host: { os: 'linux' }, version: { Version: '5.4.2' } })])(
    'does not take another program for Docker: %s',
    async (info) => {
      await expect(answering(info)).rejects.toMatchObject({
        code: 'DUALVIP_ENGINE_UNKNOWN',
        message: 'what answers at tcp://192.0.2.7:2375 is not a Docker engine',
      });
    },
  );

  it('does not wait for ever for a daemon that hangs', async () => {
    await expect(findEngine({ environment, command: hanging })).rejects.toMatchObject({
      code: 'DUALVIP_ENGINE_SILENT',
      message: 'the Docker daemon at tcp://192.0.2.7:2375 gave no answer within 40 ms',
    });
  });

  it('stops when the user has had enough', async () => {
    const reason = new Error('interrupted');
    const asked = findEngine({ environment, command: hanging, signal: AbortSignal.abort(reason) });
    await expect(asked).rejects.toBe(reason);
  });
});

/** Like a command: ends only by its signal. */
function hanging(_file: string, _args: readonly string[], { signal }: CommandOptions = {}): Promise<string> {
  return new Promise((_resolve, reject) => {
    const end = () => reject(signal?.reason instanceof Error ? signal.reason : new Error('no reason'));
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end);
  });
}
