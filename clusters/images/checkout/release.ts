import { readFile } from 'node:fs/promises';
import path from 'node:path';

import semver from 'semver';

import type { GitIdentity } from './git-identity.ts';

/** A release, and by what it is taken for the nearest one, in words. */
export interface AssumedRelease {
  version: string;
  by: string;
}

/**
 * The release that a checkout of MetalLB is nearest to: the newest of which it tells. Tags are on the branches of
 * releases, so on the main branch the nearest one that git knows may be years old, while its release notes are
 * those of the newest. Undefined where nothing tells.
 */
export function nearestRelease(
  told: Readonly<Record<string, string | undefined>>,
): AssumedRelease | undefined {
  let nearest: AssumedRelease | undefined;
  for (const [by, text] of Object.entries(told)) {
    const version = semver.valid(text ?? '');
    if (version !== null && (!nearest || semver.gt(version, nearest.version))) nearest = { version, by };
  }
  return nearest;
}

/** `v0.16.1-3-g1a2b3c4` is three commits after v0.16.1. */
export function taggedRelease(describe: string | undefined): string | undefined {
  return describe?.replace(/-\d+-g[0-9a-f]+$/, '');
}

/** What a checkout itself tells of its release. */
export async function releaseOf(
  folder: string,
  { describe }: Pick<GitIdentity, 'describe'>,
): Promise<AssumedRelease | undefined> {
  const text = (name: string) => readFile(path.join(folder, name), 'utf8').catch(() => '');
  const [manifests, notes] = await Promise.all([
    text('config/manifests/metallb-native.yaml'),
    text('website/content/release-notes/_index.md'),
  ]);
  return nearestRelease({
    'the nearest tag in its git': taggedRelease(describe),
    'the tag of the images in its manifests': /^\s*image:\s*\S+\/controller:(\S+)/m.exec(manifests)?.[1],
    'the newest of its release notes': /^#+ Version (\d\S*)/m.exec(notes)?.[1],
  });
}
