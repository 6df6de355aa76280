import path from 'node:path';

import { z } from 'zod';

import { run } from '../../base/command.ts';
import { HarnessError } from '../../base/errors.ts';

/** Where dockerd listens when nobody says otherwise. */
export const DEFAULT_HOST = 'unix:///var/run/docker.sock';

/** The daemon that the docker client of this user would talk to. */
export interface Endpoint {
  /** As in DOCKER_HOST: `unix:///…`, `tcp://…`, `ssh://…`. */
  host: string;
  /** What the user named it by (`DOCKER_HOST`, `context "colima"`); undefined for the default socket. */
  namedBy: string | undefined;
  /** For child processes: DOCKER_HOST, and the TLS settings of a context that has them. */
  variables: Record<string, string>;
}

export interface EndpointOptions {
  signal?: AbortSignal | undefined;
  environment?: NodeJS.ProcessEnv;
  command?: typeof run;
}

/** What `docker context inspect` prints, as far as it matters here. */
const Contexts = z.array(
  z.object({
    Name: z.string(),
    Endpoints: z.object({ docker: z.object({ Host: z.string().min(1) }) }),
    TLSMaterial: z.record(z.string(), z.unknown()).nullish(),
    Storage: z.object({ TLSPath: z.string() }).nullish(),
  }),
);

/** @throws HarnessError `DUALVIP_ENGINE_CONTEXT` when the text is not that of one context with a host. */
export function parseContext(text: string): Endpoint {
  const [context] = readContexts(text);
  if (!context) {
    throw new HarnessError('DUALVIP_ENGINE_CONTEXT', 'docker context inspect names no Docker endpoint', {
      hint: 'Choose a context of a Docker engine: docker context ls, docker context use <name>.',
    });
  }
  const host = context.Endpoints.docker.Host;
  // The client keeps ca.pem, cert.pem and key.pem of the endpoint "docker" in a folder of that name.
  const tls: Record<string, string> =
    context.TLSMaterial?.['docker'] && context.Storage
      ? { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: path.join(context.Storage.TLSPath, 'docker') }
      : {};
  return {
    host,
    namedBy: host === DEFAULT_HOST ? undefined : `context "${context.Name}"`,
    variables: { DOCKER_HOST: host, ...tls },
  };
}

function readContexts(text: string): z.infer<typeof Contexts> {
  try {
    return Contexts.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

/**
 * DOCKER_HOST, else the current context (DOCKER_CONTEXT or `docker context use`), in the client's own order.
 * Undefined when there is no docker client.
 * @throws HarnessError `DUALVIP_ENGINE_CONTEXT`, `DUALVIP_COMMAND_FAILED` for a context that does not exist.
 */
export async function findEndpoint(options: EndpointOptions = {}): Promise<Endpoint | undefined> {
  const { signal, environment = process.env, command = run } = options;
  const host = environment['DOCKER_HOST'];
  if (host) {
    return {
      host,
      namedBy: host === DEFAULT_HOST ? undefined : 'DOCKER_HOST',
      variables: { DOCKER_HOST: host },
    };
  }
  try {
    const hint = 'Choose a context that exists: docker context ls, docker context use <name>.';
    return parseContext(await command('docker', ['context', 'inspect'], { signal, env: environment, hint }));
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'DUALVIP_COMMAND_NOT_FOUND') return undefined;
    throw error;
  }
}
