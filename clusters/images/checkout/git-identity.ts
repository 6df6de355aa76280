import { realpath } from 'node:fs/promises';

import { run } from '../../../base/command.ts';

/** What git says of a checkout; nothing where it is none of git's, or only a part of another repository. */
export interface GitIdentity {
  commit?: string | undefined;
  /** As `git describe` has it, with the nearest release: `v0.16.1-3-g1a2b3c4`. */
  describe?: string | undefined;
  /** True where something is not committed. */
  dirty?: boolean | undefined;
}

export async function gitIdentity(folder: string, signal: AbortSignal): Promise<GitIdentity> {
  const git = async (...args: string[]) => {
    try {
      return await run('git', ['-c', 'core.fsmonitor=false', ...args], { cwd: folder, signal });
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  };
  const top = await git('rev-parse', '--show-toplevel');
  if (top === undefined || (await realpath(top)) !== (await realpath(folder))) return {};
  const [commit, describe, status] = await Promise.all([
    git('rev-parse', '--verify', '--quiet', 'HEAD'),
    git('describe', '--tags', '--match', 'v[0-9]*'),
    git('status', '--porcelain'),
  ]);
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(describe === undefined ? {} : { describe }),
    ...(status === undefined ? {} : { dirty: status !== '' }),
  };
}
