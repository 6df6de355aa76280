import path from 'node:path';

import semver from 'semver';

import { run } from '../base/command.ts';
import { HarnessError } from '../base/errors.ts';
import type { Progress } from '../base/progress.ts';
import { buildTools, goContext, upstreamVersion } from './images/source/go-module.ts';
import { MODULES } from './images/source/modules.ts';

export interface Kind {
  /** What to run. */
  file: string;
  version: string;
}

/**
 * The kind program: the user's where it is new enough for our node image, else built from its Go module.
 * @throws HarnessError `DUALVIP_KIND_MISSING`
 */
export async function findKind(progress: Progress, signal: AbortSignal): Promise<Kind> {
  const needed = (await upstreamVersion(MODULES.kind)).replace(/^v/, '');
  const users = await installedKind(signal);
  if (users && semver.gte(users, needed)) return { file: 'kind', version: users };
  try {
    const context = await goContext(signal);
    const folder = await buildTools(MODULES.kind, context);
    return { file: path.join(folder, 'kind'), version: needed };
  } catch (error) {
    signal.throwIfAborted();
    const found = users ? `kind ${users} is too old` : 'there is no kind';
    throw new HarnessError('DUALVIP_KIND_MISSING', `${found}, and it cannot be built here`, {
      cause: error,
      hint: `Install kind ${needed} or later (https://kind.sigs.k8s.io), or Go, with which it is built.`,
    });
  }
}

async function installedKind(signal: AbortSignal): Promise<string | undefined> {
  try {
    return semver.coerce(await run('kind', ['version', '--quiet'], { signal }))?.version;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
