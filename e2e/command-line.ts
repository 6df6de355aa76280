import path from 'node:path';

import { execa, type Options, type ResultPromise } from 'execa';

import { PROJECT_ROOT } from '../base/folders.ts';

/** How a command ended, as whoever typed it sees it. */
export interface CommandEnd {
  /** Undefined when a signal ended it. */
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
}

export interface CommandLineOptions {
  /** On top of the user's environment; undefined takes a variable away. */
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Leads a process group of its own, so that all of it can be killed at once. */
  group?: boolean;
}

/** What npm, Vitest, CI and a terminal add to an environment, and what would change a command's waits. */
const NOT_THE_USERS =
  /^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix)|VITEST|DUALVIP_(TIMEOUT_|DEBUG))|^(CI|FORCE_COLOR|NO_COLOR|NODE|NODE_ENV|INIT_CWD|TEST|DEV|PROD|MODE|SSR|BASE_URL)$/;

/** The environment of a user's shell. */
export function userEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_THE_USERS.test(name)));
}

function processOptions({ env, cwd = PROJECT_ROOT, group = false }: CommandLineOptions) {
  return {
    cwd,
    env: { ...userEnvironment(), ...env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    detached: group,
  } as const satisfies Options;
}

/** `dualvip ARGS` under way, on the project's Node and in a process of its own. */
export function startDualvip(
  args: readonly string[],
  options: CommandLineOptions = {},
): ResultPromise<ReturnType<typeof processOptions>> {
  return execa(
    process.execPath,
    [path.join(PROJECT_ROOT, 'cli', 'main.ts'), ...args],
    processOptions(options),
  );
}

/** `dualvip ARGS` to its end, whatever that is. */
export async function dualvip(
  args: readonly string[],
  options: CommandLineOptions = {},
): Promise<CommandEnd> {
  const { exitCode, stdout, stderr } = await startDualvip(args, options);
  return { exitCode, stdout, stderr };
}

/** Any program to its end, in the same environment. */
export async function program(
  file: string,
  args: readonly string[],
  options: CommandLineOptions = {},
): Promise<CommandEnd> {
  const { exitCode, stdout, stderr } = await execa(file, args, processOptions(options));
  return { exitCode, stdout, stderr };
}
