import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { run } from '../../base/command.ts';
import { HarnessError } from '../../base/errors.ts';

/** A static binary that docker.io depends on (package tini), so no image has to be pulled to have a container. */
const PROGRAM = '/usr/bin/tini-static';

export interface PrivilegedOptions {
  environment: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  command?: typeof run;
}

/**
 * Tries what kind does with every node: start a `--privileged` container. Gives the engine's complaint, or
 * undefined when it starts. Docker 20.10 fails ("unable to apply caps") where the machine itself lacks a
 * capability that the kernel knows.
 */
export async function privilegedComplaint(options: PrivilegedOptions): Promise<string | undefined> {
  const { environment, signal, command = run } = options;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'dualvip-privileged-'));
  const image = `dualvip/privileged-check:${process.pid}`;
  const docker = (...args: string[]) => command('docker', args, { env: environment, signal });
  try {
    const archive = path.join(folder, 'image.tar');
    await command('tar', ['--create', '--file', archive, '--directory', '/', PROGRAM.slice(1)], { signal });
    await docker('import', archive, image);
    try {
      await docker('run', '--rm', '--privileged', '--network', 'none', image, PROGRAM, '--version');
      return undefined;
    } catch (error) {
      if (error instanceof HarnessError) return error.message;
      throw error;
    } finally {
      // Without the signal: also when the user has had enough, the image goes.
      await command('docker', ['image', 'rm', '--force', image], { env: environment });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
