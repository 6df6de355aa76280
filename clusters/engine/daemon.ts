import { spawn } from 'node:child_process';
import { open, rm } from 'node:fs/promises';

import { run } from '../../base/command.ts';
import { converge } from '../../base/converge.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { makePrivateFolder } from '../../base/folders.ts';
import { timeoutMs } from '../../base/timeouts.ts';
import type { EngineFiles } from './engine-files.ts';
import { raiseInotifyLimits } from './inotify.ts';
import { livingProcess, readIfThere, runs } from './pid-file.ts';
import { systemdRuns, systemPath } from './system-program.ts';

/** Pid files that are not ours, and that a killed machine leaves behind all the same. */
export const SYSTEM_PID_FILES = {
  /** dockerd's, where an init script starts it, or a hand without `--pidfile`. */
  dockerd: '/var/run/docker.pid',
  /** That of the containerd which dockerd starts as its child. */
  containerd: '/var/run/docker/containerd/containerd.pid',
} as const;

interface DaemonOptions {
  files: EngineFiles;
  signal?: AbortSignal | undefined;
  /** Only tests give others. */
  systemPidFiles?: Record<keyof typeof SYSTEM_PID_FILES, string>;
}

export interface StartOptions extends DaemonOptions {
  /** Whether the daemon answers on its socket. */
  answers: (signal: AbortSignal) => Promise<boolean>;
  environment?: NodeJS.ProcessEnv;
}

/**
 * Starts the installed dockerd and waits until it answers: by systemd where that runs, else detached, with a log
 * and a pid file of our own, so that it outlives the harness. One that is alive already is only waited for.
 * @throws HarnessError `DUALVIP_ENGINE_START` with the last lines of its log.
 */
export async function startDaemon(options: StartOptions): Promise<void> {
  const { files, answers, signal, environment = process.env } = options;
  const bySystemd = await systemdRuns();
  const died = new AbortController();
  let letGo: (() => void) | undefined;
  await raiseInotifyLimits();
  try {
    if (bySystemd) {
      await run('systemctl', ['start', 'docker.service'], { signal });
    } else if ((await livingDaemon(options)) === undefined) {
      await removeStalePidFiles(options);
      letGo = await spawnDaemon(files, environment, (reason) => died.abort(new Error(reason)));
    }
    await converge({
      what: 'dockerd to answer on its socket',
      observe: answers,
      until: Boolean,
      timeoutMs: timeoutMs('engineStart', environment),
      signal: signal ? AbortSignal.any([signal, died.signal]) : died.signal,
    });
  } catch (cause) {
    signal?.throwIfAborted();
    throw await startError(cause, bySystemd ? undefined : files.log);
  } finally {
    letGo?.();
  }
}

async function startError(cause: unknown, log: string | undefined): Promise<HarnessError> {
  const message = `dockerd did not start: ${messageOf(cause)}`;
  if (log === undefined) {
    return new HarnessError('DUALVIP_ENGINE_START', message, {
      cause,
      hint: 'Its log says why: journalctl -u docker.service',
    });
  }
  const lines = ((await readIfThere(log)) ?? '').trimEnd().split('\n').slice(-10).join('\n');
  return new HarnessError('DUALVIP_ENGINE_START', lines ? `${message}\n${lines}` : message, {
    cause,
    evidence: log,
    hint: `Its whole log: ${log}`,
  });
}

/**
 * Stops the daemon of an installation that this process is still making. Never call it for another: it may hold
 * somebody's containers.
 */
export async function stopDaemon(options: DaemonOptions): Promise<void> {
  const { signal } = options;
  if (await systemdRuns()) {
    await run('systemctl', ['stop', 'docker.socket', 'docker.service'], { signal });
    return;
  }
  const pid = await livingDaemon(options);
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  await converge({
    what: `dockerd (process ${pid}) to end`,
    observe: () => runs(pid, 'dockerd'),
    until: (alive) => !alive,
    timeoutMs: timeoutMs('engineStart'),
    signal,
  });
}

async function livingDaemon({ files, systemPidFiles = SYSTEM_PID_FILES }: DaemonOptions) {
  return (
    (await livingProcess(files.pidFile, 'dockerd')) ??
    (await livingProcess(systemPidFiles.dockerd, 'dockerd'))
  );
}

/**
 * dockerd refuses to start, or takes its containerd to be running, when the number in a pid file is that of any
 * living process. Called when no dockerd lives.
 */
async function removeStalePidFiles({ files, systemPidFiles = SYSTEM_PID_FILES }: DaemonOptions) {
  await rm(files.pidFile, { force: true });
  await rm(systemPidFiles.dockerd, { force: true });
  if ((await livingProcess(systemPidFiles.containerd, 'containerd')) === undefined) {
    await rm(systemPidFiles.containerd, { force: true });
  }
}

/** Gives the function that lets go of the child, after which its end is no concern of ours. */
async function spawnDaemon(
  files: EngineFiles,
  environment: NodeJS.ProcessEnv,
  onDeath: (reason: string) => void,
): Promise<() => void> {
  await makePrivateFolder(files.folder);
  await using log = await open(files.log, 'a', 0o600);
  const child = spawn('dockerd', ['--pidfile', files.pidFile], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...environment, PATH: systemPath(environment) },
  });
  const onExit = (code: number | null, signal: string | null) =>
    onDeath(`it ended with ${signal ?? `code ${code}`}`);
  child.on('error', (error) => onDeath(error.message));
  child.on('exit', onExit);
  child.unref();
  return () => child.off('exit', onExit);
}
