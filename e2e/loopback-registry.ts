import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { execa } from 'execa';

import { run, succeeds } from '../base/command.ts';
import { converge } from '../base/converge.ts';
import { HarnessError } from '../base/errors.ts';

const PROGRAM = 'docker-registry';

/** A registry of container images that only this machine reaches; the engine takes loopback without TLS. */
export interface LoopbackRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`, as `--registry-prefix` takes it. */
  prefix: string;
  /** Ends the program; its storage stays until it is disposed of. */
  stop(): Promise<void>;
}

/**
 * Starts Debian's docker-registry on a free port, with its storage in a temporary folder.
 * @throws HarnessError `DUALVIP_REGISTRY_MISSING`, `DUALVIP_TIMEOUT` with the last line of its log
 */
export async function startRegistry(signal: AbortSignal): Promise<LoopbackRegistry> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dualvip-registry-'));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const config = path.join(folder, 'config.yml');
    const log = path.join(folder, 'log');
    await mkdir(path.join(folder, 'storage'));
    await writeFile(config, configuration(path.join(folder, 'storage')));
    const program = await registryProgram(folder, signal);
    const ended = new AbortController();
    const child = execa(program, ['serve', config], {
      stdin: 'ignore',
      stdout: { file: log },
      stderr: { file: log },
      reject: false,
      cancelSignal: ended.signal,
    });
    const stop = async () => {
      ended.abort();
      await child;
    };
    try {
      return {
        prefix: await listeningOn(log, signal),
        stop,
        async [Symbol.asyncDispose]() {
          await stop();
          await removeFolder();
        },
      };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

/** Port 0: the kernel chooses one that is free, and the log tells which. */
function configuration(storage: string): string {
  return JSON.stringify({
    version: 0.1,
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: storage } },
    http: { addr: '127.0.0.1:0' },
  });
}

function listeningOn(log: string, signal: AbortSignal): Promise<string> {
  return converge({
    what: 'the registry to listen',
    observe: async () => {
      const text = await readFile(log, 'utf8');
      return /listening on (127\.0\.0\.1:\d+)/.exec(text)?.[1] ?? text.trimEnd().split('\n').at(-1) ?? '';
    },
    until: (address) => address.startsWith('127.0.0.1:'),
    timeoutMs: 10_000,
    intervalMs: 50,
    signal,
  });
}

/**
 * The program: the machine's own, else out of Debian's package, which is unpacked and not installed, so that no
 * service of it starts and nothing stays on the machine.
 */
async function registryProgram(folder: string, signal: AbortSignal): Promise<string> {
  if (await succeeds('sh', ['-c', `command -v ${PROGRAM}`], { signal })) return PROGRAM;
  const options = { cwd: folder, signal };
  const download = () => run('apt-get', ['download', PROGRAM], options);
  try {
    // A machine that was just made has no package lists; to fetch them takes root.
    if (!(await succeeds('apt-get', ['download', '--print-uris', PROGRAM], options))) {
      await run('apt-get', ['update', '-o', 'DPkg::Lock::Timeout=120'], options);
    }
    await download();
    await run('sh', ['-c', 'dpkg-deb --extract ./*.deb unpacked'], options);
  } catch (cause) {
    signal.throwIfAborted();
    throw new HarnessError('DUALVIP_REGISTRY_MISSING', `there is no ${PROGRAM}, and it cannot be fetched`, {
      cause,
      hint: `Install it: apt-get install ${PROGRAM} (Debian, Ubuntu).`,
    });
  }
  return path.join(folder, 'unpacked', 'usr', 'bin', PROGRAM);
}
