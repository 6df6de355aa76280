import { once } from 'node:events';
import { PassThrough } from 'node:stream';

import type { getContainerRuntimeClient } from 'testcontainers';

import { messageOf } from '../../base/errors.ts';
import { AGENT_MAIN, STDERR_TAIL } from './agent-files.ts';
import type { AgentStreams } from './agent-link.ts';

/** testcontainers' client of the engine's containers. */
export type Engine = Awaited<ReturnType<typeof getContainerRuntimeClient>>['container'];

/**
 * Starts the agent in a running container, over the engine's API rather than the docker client: one process
 * less, and surely the engine that has the container. It ends when its standard input does.
 */
export async function startAgent(engine: Engine, containerId: string): Promise<AgentStreams> {
  const exec = await engine.getById(containerId).exec({
    Cmd: ['node', AGENT_MAIN],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: true });
  const output = new PassThrough();
  const errors = new PassThrough();
  engine.dockerode.modem.demuxStream(stream, output, errors);
  let said = '';
  errors.on('data', (chunk) => {
    said = `${said}${String(chunk)}`.slice(-STDERR_TAIL);
  });
  const exitCode = async () => (await exec.inspect()).ExitCode;
  const ended = async () => {
    try {
      await once(stream, 'close');
      return `its agent ended with code ${await exitCode()}${said ? `: ${said.trim()}` : ''}`;
    } catch (error) {
      return `its agent cannot be reached any more: ${messageOf(error)}`;
    }
  };
  return { input: stream, output, ended: ended() };
}
