import { execa } from 'execa';
import { z } from 'zod';

import type { Family } from '../../base/addresses.ts';
import type { Docker } from '../../clusters/docker.ts';
import type { AgentStreams } from './agent-link.ts';
import { AGENT_MAIN, STDERR_TAIL } from './agent-files.ts';
import type { ProbeContainer } from './probe.ts';

export interface OpenOptions {
  docker: Docker;
  id: string;
  network: string;
  signal?: AbortSignal | undefined;
}

/**
 * The container of a probe that another thread started: disposing it is that one's business. By the docker
 * client, so that the worker need not load testcontainers a second time (40 MB).
 * @throws HarnessError `DUALVIP_COMMAND_FAILED` where it is gone
 */
export async function openContainer({ docker, id, network, signal }: OpenOptions): Promise<ProbeContainer> {
  return {
    id,
    addresses: await containerAddresses({ docker, id, network, signal }),
    startAgent: () => Promise.resolve(startAgent(docker, id)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** The agent ends when its standard input does, as it does when this process ends. */
function startAgent(docker: Docker, id: string): AgentStreams {
  const agent = execa('docker', ['exec', '--interactive', id, 'node', AGENT_MAIN], {
    env: docker.environment,
    extendEnv: false,
    buffer: false,
    reject: false,
  });
  let said = '';
  agent.stderr.on('data', (chunk) => {
    said = `${said}${String(chunk)}`.slice(-STDERR_TAIL);
  });
  const ended = async () => {
    const { exitCode, shortMessage } = await agent;
    const how = exitCode === undefined ? (shortMessage ?? 'it could not be started') : `code ${exitCode}`;
    return `its agent ended with ${how}${said ? `: ${said.trim()}` : ''}`;
  };
  return { input: agent.stdin, output: agent.stdout, ended: ended() };
}

const networksSchema = z.record(
  z.string(),
  z.object({ IPAddress: z.string().default(''), GlobalIPv6Address: z.string().default('') }),
);

/** What the engine gave a container on a network. */
export async function containerAddresses({
  docker,
  id,
  network,
  signal,
}: OpenOptions): Promise<Partial<Record<Family, string>>> {
  const format = '{{json .NetworkSettings.Networks}}';
  const text = await docker.run(['container', 'inspect', '--format', format, id], { signal });
  const { IPAddress: v4, GlobalIPv6Address: v6 } = networksSchema.parse(JSON.parse(text))[network] ?? {};
  return { ...(v4 ? { IPv4: v4 } : {}), ...(v6 ? { IPv6: v6 } : {}) };
}
