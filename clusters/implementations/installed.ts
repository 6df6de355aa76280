import { UsageError } from '../../base/errors.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { Place } from './facts.ts';
import type { Implementation } from './implementation.ts';
import { findImplementation, implementationAt, knownImplementations } from './registry.ts';

type Client = Pick<KubernetesClient, 'isServed'>;

/**
 * The one that is named, else the one whose kinds of pool the cluster has; of whatever version, the facts that it
 * gathers are those of the one that runs.
 * @throws UsageError `DUALVIP_IMPLEMENTATION_UNKNOWN`, `_ABSENT` or `_AMBIGUOUS`
 */
export async function installedImplementation(
  client: Client,
  named: string | undefined,
  signal: AbortSignal,
): Promise<Implementation> {
  const names = new Set((await knownImplementations()).map((one) => one.split('@')[0] ?? one));
  const known = await Promise.all((named === undefined ? [...names] : [named]).map(findImplementation));
  const installed = await Promise.all(known.map((one) => isInstalled(client, one, signal)));
  const [found, ...more] = known.filter((_, index) => installed[index]);
  if (!found) {
    throw new UsageError(
      'DUALVIP_IMPLEMENTATION_ABSENT',
      `the cluster has no custom resources of ${known.map(({ ref }) => ref.name).join(' or ')}`,
      { hint: 'Is it the right cluster? `kubectl get crd` shows what it has.' },
    );
  }
  if (more.length > 0) {
    const all = [found, ...more].map(({ ref }) => ref.name);
    throw new UsageError('DUALVIP_IMPLEMENTATION_AMBIGUOUS', `the cluster has ${all.join(' and ')}`, {
      hint: `Say which one: --implementation ${found.ref.name}.`,
    });
  }
  return found;
}

async function isInstalled(
  client: Client,
  { poolResources }: Implementation,
  signal: AbortSignal,
): Promise<boolean> {
  const served = await Promise.all(poolResources.map((resource) => client.isServed(resource, { signal })));
  return served.includes(true);
}

/** What the cluster's own objects say of what runs in it. */
export interface Installed {
  name: string;
  version?: string | undefined;
  mode?: string | undefined;
  /** Left out: where its manifests have it. */
  place?: Place | undefined;
}

/**
 * The implementation at the version and in the mode that run, whether those are pinned here or not. What was named
 * (`metallb@0.15.2/native`) has to agree with them, and stands in for what the cluster does not tell.
 * @throws UsageError `DUALVIP_IMPLEMENTATION_MISMATCH`, `DUALVIP_VERSION_UNKNOWN`
 */
export function runningImplementation(installed: Installed, named: string | undefined): Implementation {
  const [, , version, mode] = /^([^@/]*)(?:@v?([^@/]*))?(?:\/([^@/]*))?$/.exec(named ?? '') ?? [];
  for (const [what, wanted, there] of [
    ['version', version, installed.version],
    ['mode', mode, installed.mode],
  ] as const) {
    if (wanted === undefined || there === undefined || wanted === there) continue;
    throw new UsageError(
      'DUALVIP_IMPLEMENTATION_MISMATCH',
      `the cluster has ${installed.name} ${there}, and not the ${what} of --implementation ${named}`,
      { hint: 'Leave --implementation out: what runs in the cluster is read from it.' },
    );
  }
  const running = installed.version ?? version;
  if (running === undefined) {
    throw new UsageError(
      'DUALVIP_VERSION_UNKNOWN',
      `the image of ${installed.name}'s controller does not tell its version`,
      { hint: `Say it: --implementation ${installed.name}@VERSION.` },
    );
  }
  const { name, place } = installed;
  return implementationAt({ name, version: running, mode: installed.mode ?? mode, place });
}
