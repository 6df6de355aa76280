import { readdir } from 'node:fs/promises';

import semver from 'semver';

import { UsageError } from '../../base/errors.ts';
import { MODULES_FOLDER } from '../images/source/go-module.ts';
import { cilium, CILIUM_DEFAULT } from './cilium/cilium.ts';
import type { Implementation } from './implementation.ts';
import { metallb, METALLB_DEFAULT } from './metallb/metallb.ts';

interface Entry {
  at: (version: string) => Implementation;
  /** The version that is meant where none is named. */
  version: string;
}

const IMPLEMENTATIONS: ReadonlyMap<string, Entry> = new Map([
  ['metallb', { at: metallb, version: METALLB_DEFAULT }],
  ['cilium', { at: cilium, version: CILIUM_DEFAULT }],
]);

export const DEFAULT_IMPLEMENTATION = `metallb@${METALLB_DEFAULT}`;

/** Every `name@version` that can be had, each implementation's oldest version first, for help and errors. */
export async function knownImplementations(): Promise<string[]> {
  const names = [...IMPLEMENTATIONS.keys()];
  const versions = await Promise.all(names.map(pinnedVersions));
  return names.flatMap((name, index) => versions[index]?.map((version) => `${name}@${version}`) ?? []);
}

/** The versions of an implementation that are pinned under modules/, oldest first. */
async function pinnedVersions(name: string): Promise<string[]> {
  const folders = await readdir(MODULES_FOLDER);
  return folders
    .filter((folder) => folder.startsWith(`${name}-`))
    .map((folder) => folder.slice(name.length + 1))
    .sort(semver.compare);
}

/**
 * `metallb`, `metallb@0.15.2` or `metallb@v0.15.2`.
 * @throws UsageError `DUALVIP_IMPLEMENTATION_UNKNOWN`
 */
export async function findImplementation(text: string): Promise<Implementation> {
  const [name = '', given, ...rest] = text.split('@');
  const entry = IMPLEMENTATIONS.get(name);
  const version = (given ?? entry?.version ?? '').replace(/^v/, '');
  if (entry && rest.length === 0 && (await pinnedVersions(name)).includes(version)) return entry.at(version);
  throw new UsageError('DUALVIP_IMPLEMENTATION_UNKNOWN', `no implementation "${text}"`, {
    hint: `Known: ${(await knownImplementations()).join(', ')}. A further version is a go.mod under clusters/images/source/modules/.`,
  });
}
