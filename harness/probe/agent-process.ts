import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';

import type { getContainerRuntimeClient } from 'testcontainers';

import { messageOf } from '../../base/errors.ts';
import { PROJECT_ROOT } from '../../base/folders.ts';
import type { AgentStreams } from './agent-link.ts';

/** testcontainers' client of the engine's containers. */
export type Engine = Awaited<ReturnType<typeof getContainerRuntimeClient>>['container'];

/** Where the image has node_modules with undici; below it the agent finds the folders of the checkout. */
const CONTAINER_ROOT = '/dualvip';
const AGENT_FOLDER = 'harness/probe/agent';
/** Of the agent's standard error: enough for Node's message of an uncaught error. */
const STDERR_TAIL = 1_000;

/** Makes the copied files ES modules. */
export const AGENT_PACKAGE = { content: '{"type":"module"}', target: `${CONTAINER_ROOT}/package.json` };

/** The agent, each file at its place in the checkout, so that its imports hold. */
export async function agentFiles(): Promise<{ source: string; target: string }[]> {
  const names = await readdir(path.join(PROJECT_ROOT, AGENT_FOLDER));
  const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return ['base/clock.ts', ...sources.map((name) => `${AGENT_FOLDER}/${name}`)].map((file) => ({
    source: path.join(PROJECT_ROOT, file),
    target: `${CONTAINER_ROOT}/${file}`,
  }));
}

/**
 * Starts the agent in a running container, over the engine's API rather than the docker client: one process
 * less, and surely the engine that has the container. It ends when its standard input does.
 */
export async function startAgent(engine: Engine, containerId: string): Promise<AgentStreams> {
  const exec = await engine.getById(containerId).exec({
    Cmd: ['node', `${CONTAINER_ROOT}/${AGENT_FOLDER}/main.ts`],
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
