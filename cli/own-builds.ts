import { UsageError } from '../base/errors.ts';
import { ownBuildOf } from '../clusters/implementations/own-build.ts';
import { takeOwn } from '../clusters/implementations/registry.ts';
import { implementationName, implementationTitle } from '../reports/record/implementation-name.ts';
import { builtOf } from '../reports/record/own-build.ts';
import type { CommandContext } from './context.ts';

/** What a command does with a checkout: it takes several and releases, one, or says why it takes none. */
export type TakesOwnBuilds = 'list' | 'one' | { instead: string };

/**
 * Takes the sources of each checkout of `--implementation`, once, and gives the same list with what they are called
 * from then on. So nothing of the path is recorded, and what is edited meanwhile has no part in it.
 * @throws UsageError `DUALVIP_CHECKOUT_REFUSED`, and as `takeOwn`
 */
export async function withOwnBuilds(
  asked: string,
  takes: TakesOwnBuilds,
  { signal, progress }: Pick<CommandContext, 'signal' | 'progress'>,
): Promise<string> {
  const parts = takes === 'list' ? asked.split(',').map((part) => part.trim()) : [asked];
  const names: string[] = [];
  for (const part of parts) {
    const own = ownBuildOf(part);
    if (!own) {
      names.push(part);
      continue;
    }
    if (typeof takes === 'object') {
      throw new UsageError(
        'DUALVIP_CHECKOUT_REFUSED',
        `--implementation ${asked}: this command takes no checkout`,
        {
          hint: takes.instead,
        },
      );
    }
    const { ref } = await takeOwn(own, signal);
    for (const text of builtOf(ref)) progress.note(`${implementationTitle(ref)}: ${text}`);
    if (ref.build)
      progress.note(`what is known of ${ref.build.release.version} is known of it: ${ref.build.release.by}`);
    names.push(implementationName(ref));
  }
  return names.join(',');
}

/** By the name of the command. What is not here takes one. */
export const OWN_BUILDS: Readonly<Record<string, TakesOwnBuilds>> = {
  matrix: 'list',
  bisect: {
    instead:
      'bisect goes over releases. What a checkout does otherwise than one: dualvip run --implementation metallb@path:FOLDER --against 0.16.1.',
  },
  diagnose: {
    instead: 'diagnose asks what the cluster has: name the implementation alone, or leave it out.',
  },
};
