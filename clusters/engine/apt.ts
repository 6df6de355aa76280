import { appendFile } from 'node:fs/promises';
import path from 'node:path';

import { run } from '../../base/command.ts';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { makePrivateFolder } from '../../base/folders.ts';

/** Runs `apt-get` with the arguments and gives its standard output. */
export type AptGet = (args: readonly string[], options?: { interruptible: boolean }) => Promise<string>;

export interface AptOptions {
  /** Everything that apt-get says is appended to it. */
  log: string;
  /** Told each line as it comes. */
  detail: (line: string) => void;
  signal?: AbortSignal | undefined;
  command?: typeof run;
}

/** Nobody is there to answer questions, and the output is parsed in English. */
const ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };

/**
 * Waits for another apt or dpkg, keeps configuration files that somebody changed, and removes nothing: a
 * conflict with what is installed ends it.
 */
export const INSTALL = [
  'install',
  '--yes',
  '--no-install-recommends',
  '--no-remove',
  '-o',
  'DPkg::Lock::Timeout=120',
  '-o',
  'Dpkg::Options::=--force-confdef',
  '-o',
  'Dpkg::Options::=--force-confold',
] as const;

/** Its failures are HarnessErrors `DUALVIP_ENGINE_APT`, with the log as evidence. */
export function aptGet(options: AptOptions): AptGet {
  const { log, detail, signal, command = run } = options;
  return async (args, { interruptible } = { interruptible: true }) => {
    await makePrivateFolder(path.dirname(log));
    const lines = [`$ apt-get ${args.join(' ')}`];
    try {
      signal?.throwIfAborted();
      return await command('apt-get', args, {
        signal: interruptible ? signal : undefined,
        env: ENVIRONMENT,
        onLine: (line) => {
          lines.push(line);
          if (line.trim()) detail(line.trim().slice(0, 80));
        },
      });
    } catch (cause) {
      signal?.throwIfAborted();
      throw new HarnessError('DUALVIP_ENGINE_APT', complaint(lines) ?? messageOf(cause), {
        cause,
        evidence: log,
        hint: `All that apt-get said: ${log}. Mend the package system (apt-get update, apt-get --fix-broken install), or install Docker by hand.`,
      });
    } finally {
      await appendFile(log, `${lines.join('\n')}\n`, { mode: 0o600 });
    }
  };
}

/** apt-get's own errors, without the dozen options that the command line begins with. */
function complaint(lines: readonly string[]): string | undefined {
  const errors = lines.filter((line) => line.startsWith('E: ')).map((line) => line.slice(3));
  return errors.length > 0 ? `apt-get: ${errors.join('; ')}` : undefined;
}

/**
 * Installs packages; `args` are their names, after options. Downloading, which is the long part, ends with the
 * signal; dpkg does not, since it would leave packages half configured and refuse to work until mended by hand.
 */
export async function aptInstall(apt: AptGet, args: readonly string[]): Promise<void> {
  await apt([...INSTALL, '--download-only', ...args]);
  await apt([...INSTALL, ...args], { interruptible: false });
}

/** What apt-get would do to one package. */
export interface Change {
  action: 'install' | 'upgrade' | 'remove';
  name: string;
}

/**
 * The changes that `apt-get install --simulate` announces: `Inst name [old] (new …)`, without `[old]` for a
 * package that is new, and `Remv name [old]`. `Conf` lines repeat the names.
 */
export function simulatedChanges(output: string): Change[] {
  return [...output.matchAll(/^(Inst|Remv|Purg) (\S+)( \[)?/gm)].map(([, verb, name = '', old]) => ({
    action: verb !== 'Inst' ? 'remove' : old ? 'upgrade' : 'install',
    name,
  }));
}

/**
 * Lets only the named packages change. Packages of another release can pull that release's libc onto the
 * machine, and with it dpkg and base-files: half a distribution upgrade, which nobody asked for.
 * @throws HarnessError `DUALVIP_ENGINE_APT_UNSAFE` that names the others.
 */
export function refuseOtherChanges(changes: readonly Change[], allowed: readonly string[]): void {
  const others = changes.filter(({ action, name }) => action === 'remove' || !allowed.includes(name));
  if (others.length === 0) return;
  const shown = others.slice(0, 6).map(({ action, name }) => `${action} ${name}`);
  const more = others.length > shown.length ? ` and ${others.length - shown.length} more` : '';
  throw new HarnessError(
    'DUALVIP_ENGINE_APT_UNSAFE',
    `to install ${allowed.join(', ')}, apt-get would also ${shown.join(', ')}${more}`,
    { hint: 'Nothing was changed. Install a Docker engine of version 24 or later by hand.' },
  );
}
