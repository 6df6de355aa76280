import { execa, ExecaError, type Options, type Result } from 'execa';

import { HarnessError } from './errors.ts';

export interface CommandOptions {
  signal?: AbortSignal | undefined;
  input?: string | Uint8Array;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** What the user can do when it fails. */
  hint?: string;
  /**
   * A process group of its own, which is ended as a whole when aborted: for a program that starts others and
   * does not end them itself. A terminal's Ctrl-C does not reach it.
   */
  group?: boolean;
  /** Called with each line of standard output and standard error, as it comes. */
  onLine?: (line: string) => void;
}

/**
 * Runs a program to its end and gives its standard output, without the last newline.
 * @throws HarnessError `DUALVIP_COMMAND_NOT_FOUND` or `DUALVIP_COMMAND_FAILED`, with the last lines of its
 *   standard error in the message; the signal's reason when aborted.
 */
export async function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const execaOptions = {
    all: true,
    stdin: options.input === undefined ? ('ignore' as const) : ('pipe' as const),
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.env ? { env: options.env } : {}),
    ...(options.group ? { detached: true } : {}),
    ...(options.signal && !options.group ? { cancelSignal: options.signal } : {}),
    forceKillAfterDelay: 5_000,
    maxBuffer: 64 * 1024 * 1024,
  } satisfies Options;
  try {
    const child = execa(file, args, execaOptions);
    using _ = options.group && options.signal ? endGroupOn(options.signal, child.pid) : undefined;
    if (options.onLine) {
      for await (const line of child.iterable({ from: 'all' })) options.onLine(line);
    }
    const result: Result<typeof execaOptions> = await child;
    options.signal?.throwIfAborted();
    return result.stdout;
  } catch (error) {
    options.signal?.throwIfAborted();
    throw commandError(file, args, error, options.hint);
  }
}

/** Ends a process group when the signal is aborted, for as long as this is not disposed. */
function endGroupOn(signal: AbortSignal, leader: number | undefined): Disposable {
  const end = () => {
    try {
      if (leader !== undefined) process.kill(-leader, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  };
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', end) };
}

/**
 * `first | second`, for streams that fit no buffer. Fails when either does.
 * @throws HarnessError as `run`
 */
export async function pipe(
  first: readonly [string, ...string[]],
  second: readonly [string, ...string[]],
  options: Pick<CommandOptions, 'signal' | 'env' | 'hint'> = {},
): Promise<void> {
  const execaOptions = {
    buffer: { stdout: false, stderr: true },
    ...(options.env ? { env: options.env } : {}),
    ...(options.signal ? { cancelSignal: options.signal } : {}),
  } satisfies Options;
  const [file, ...args] = first;
  try {
    await execa(file, args, execaOptions).pipe(second[0], second.slice(1), { ...execaOptions, buffer: true });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw commandError(file, [...args, '|', ...second], error, options.hint);
  }
}

/** True when the program ends with code 0. */
export async function succeeds(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<boolean> {
  try {
    await run(file, args, options);
    return true;
  } catch {
    options.signal?.throwIfAborted();
    return false;
  }
}

function commandError(file: string, args: readonly string[], error: unknown, hint?: string): HarnessError {
  const command = [file, ...args].join(' ');
  const short = command.length > 160 ? `${command.slice(0, 160)}…` : command;
  const withHint = hint === undefined ? {} : { hint };
  if (!(error instanceof ExecaError)) {
    return new HarnessError('DUALVIP_COMMAND_FAILED', `${short}: ${String(error)}`, {
      cause: error,
      ...withHint,
    });
  }
  if (error.code === 'ENOENT') {
    return new HarnessError('DUALVIP_COMMAND_NOT_FOUND', `${file}: no such program`, {
      cause: error,
      ...withHint,
    });
  }
  const output = (error.stderr || error.all || '').trimEnd().split('\n').slice(-12).join('\n');
  const how = error.exitCode === undefined ? (error.signal ?? 'failed') : `exit code ${error.exitCode}`;
  return new HarnessError('DUALVIP_COMMAND_FAILED', `${short}: ${how}${output ? `\n${output}` : ''}`, {
    cause: error,
    ...withHint,
  });
}
