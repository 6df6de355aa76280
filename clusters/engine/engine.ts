import { readFile } from 'node:fs/promises';
import os from 'node:os';

import { z } from 'zod';

import { run } from '../../base/command.ts';
import { formatMs } from '../../base/clock.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import { hasCapability, SYS_RESOURCE } from './capability.ts';
import { engineFiles } from './engine-files.ts';
import { livingProcess } from './pid-file.ts';
import { findEndpoint, type Endpoint, type EndpointOptions } from './endpoint.ts';

/** A Docker engine that answers. */
export interface Engine {
  /** As in DOCKER_HOST: `unix:///var/run/docker.sock`. */
  host: string;
  /** As the daemon writes it, Debian's suffix included: `26.1.5+dfsg1`. */
  version: string;
  cgroupVersion: 1 | 2;
  storageDriver: string;
  /** Folder of images and containers, on the engine's machine. */
  dataRoot: string;
  memoryBytes: number;
  cpus: number;
  /** It runs on this machine's kernel: not in a VM (Docker Desktop, Colima) and not on another machine. */
  local: boolean;
  /** Our own pid file names it, so it is ours to stop. */
  startedByHarness: boolean;
  /** False where this machine withholds CAP_SYS_RESOURCE; taken as true for an engine elsewhere. */
  capSysResource: boolean;
  /** The environment for child processes and testcontainers: DOCKER_HOST is set. */
  environment: NodeJS.ProcessEnv;
}

/** What `docker info` prints, as far as it matters here (API: GET /info). */
const Info = z.object({
  ServerVersion: z.string().min(1),
  // Absent before API 1.41, whose engines knew version 1 only.
  CgroupVersion: z.enum(['1', '2']).default('1'),
  Driver: z.string(),
  DockerRootDir: z.string(),
  MemTotal: z.number(),
  NCPU: z.number(),
  KernelVersion: z.string(),
});

/** Clients before 23.0 end with code 0 and tell of a silent daemon in here. */
const InfoErrors = z.object({ ServerErrors: z.array(z.string()).nullish() });

/**
 * The engine that the docker client of this user would talk to. Undefined when there is no client, or no
 * daemon answers it.
 * @throws HarnessError `DUALVIP_ENGINE_PERMISSION` when the daemon's socket is not for this user,
 *   `DUALVIP_ENGINE_SILENT` when it takes the question and gives no answer, `DUALVIP_ENGINE_UNKNOWN` when what
 *   answers is not a Docker engine; and as `findEndpoint`.
 */
export async function findEngine(options: EndpointOptions = {}): Promise<Engine | undefined> {
  const { environment = process.env } = options;
  const endpoint = await findEndpoint(options);
  if (!endpoint) return undefined;
  const text = await dockerInfo(endpoint, { ...options, environment });
  if (text === undefined) return undefined;
  const info = parseInfo(text, endpoint.host);
  const local =
    process.platform === 'linux' && endpoint.host.startsWith('unix:') && info.KernelVersion === os.release();
  return {
    host: endpoint.host,
    version: info.ServerVersion,
    cgroupVersion: info.CgroupVersion === '2' ? 2 : 1,
    storageDriver: info.Driver,
    dataRoot: info.DockerRootDir,
    memoryBytes: info.MemTotal,
    cpus: info.NCPU,
    local,
    startedByHarness:
      local && (await livingProcess(engineFiles(environment).pidFile, 'dockerd')) !== undefined,
    capSysResource: !local || hasCapability(await readFile('/proc/self/status', 'utf8'), SYS_RESOURCE),
    environment: { ...environment, ...endpoint.variables },
  };
}

/** @throws HarnessError `DUALVIP_ENGINE_UNKNOWN` */
export function parseInfo(text: string, host: string): z.infer<typeof Info> {
  try {
    return Info.parse(JSON.parse(text));
  } catch (cause) {
    throw new HarnessError('DUALVIP_ENGINE_UNKNOWN', `what answers at ${host} is not a Docker engine`, {
      cause,
      hint: 'kind and the harness need Docker itself; point DOCKER_HOST or the docker context at one.',
    });
  }
}

type Question = EndpointOptions & { environment: NodeJS.ProcessEnv };

async function dockerInfo(endpoint: Endpoint, options: Question): Promise<string | undefined> {
  const { signal, environment, command = run } = options;
  const limit = timeoutMs('engineStart', environment);
  const deadline = AbortSignal.timeout(limit);
  try {
    const text = await command('docker', ['info', '--format', '{{json .}}'], {
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      env: { ...environment, ...endpoint.variables },
    });
    const complaint = serverErrors(text);
    return complaint === undefined ? text : noAnswer(complaint, endpoint.host);
  } catch (error) {
    signal?.throwIfAborted();
    if (deadline.aborted) {
      throw new HarnessError(
        'DUALVIP_ENGINE_SILENT',
        `the Docker daemon at ${endpoint.host} gave no answer within ${formatMs(limit)}`,
        { cause: error, hint: 'It listens and hangs: see its log (journalctl -u docker), then restart it.' },
      );
    }
    if (!(error instanceof HarnessError) || error.code === 'DUALVIP_ENGINE_PERMISSION') throw error;
    if (error.code === 'DUALVIP_COMMAND_NOT_FOUND') return undefined;
    return noAnswer(messageOf(error), endpoint.host, error);
  }
}

function serverErrors(text: string): string | undefined {
  try {
    const { ServerErrors } = InfoErrors.parse(JSON.parse(text));
    return ServerErrors?.length ? ServerErrors.join('; ') : undefined;
  } catch {
    return undefined;
  }
}

/** A daemon that refuses is not a missing daemon: to install another one would help nobody. */
function noAnswer(complaint: string, host: string, cause?: unknown): undefined {
  if (/permission denied/i.test(complaint)) {
    throw new HarnessError(
      'DUALVIP_ENGINE_PERMISSION',
      `this user may not talk to the Docker daemon at ${host}`,
      {
        cause,
        hint: 'Add yourself to the group docker (sudo usermod -aG docker $USER) and log in anew, or run as root.',
      },
    );
  }
  if (/error response from daemon/i.test(complaint)) {
    throw new HarnessError('DUALVIP_ENGINE_UNKNOWN', `the Docker daemon at ${host} refuses: ${complaint}`, {
      cause,
      hint: 'See that client and daemon are of fitting versions: docker version.',
    });
  }
  return undefined;
}
