import { readdir } from 'node:fs/promises';

import semver from 'semver';

import { UsageError } from '../../base/errors.ts';
import { MODULES_FOLDER } from '../images/source/go-module.ts';
import { cilium, CILIUM_DEFAULT, CILIUM_MODE } from './cilium/cilium.ts';
import type { Implementation } from './implementation.ts';
import { metallb, METALLB_DEFAULT } from './metallb/metallb.ts';
import { METALLB_MODES, modesOf } from './metallb/modes.ts';

interface Entry {
  /** The modes of a version; the first is meant where none is named. */
  modes: (version: string) => readonly string[];
  /** Undefined for a mode that there is none of. */
  at: (version: string, mode: string) => Implementation | undefined;
  /** The version that is meant where none is named. */
  version: string;
}

const IMPLEMENTATIONS: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  [
    'metallb',
    {
      modes: modesOf,
      at(version, named) {
        const mode = METALLB_MODES.find((one) => one === named);
        return mode && metallb(version, mode);
      },
      version: METALLB_DEFAULT,
    },
  ],
  ['cilium', { modes: () => [CILIUM_MODE], at: (version) => cilium(version), version: CILIUM_DEFAULT }],
]);

export const DEFAULT_IMPLEMENTATION = `metallb@${METALLB_DEFAULT}`;

/** Every `name@version` that can be had, each implementation's oldest version first. */
export async function knownImplementations(): Promise<string[]> {
  const names = [...IMPLEMENTATIONS.keys()];
  const versions = await Promise.all(names.map(pinnedVersions));
  return names.flatMap((name, index) => versions[index]?.map((version) => `${name}@${version}`) ?? []);
}

/** The same, and those in other modes than the first, as `name@version/mode`, for help and errors. */
export async function knownModes(): Promise<string[]> {
  return (await knownImplementations()).flatMap((known) => {
    const [name = '', version = ''] = known.split('@');
    const [, ...others] = IMPLEMENTATIONS.get(name)?.modes(version) ?? [];
    return [known, ...others.map((mode) => `${known}/${mode}`)];
  });
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
 * `metallb`, `metallb@0.15.2` or `metallb@v0.15.2`; a mode after a slash, as in `metallb/frr` or
 * `metallb@0.16.1/frr-k8s`.
 * @throws UsageError `DUALVIP_IMPLEMENTATION_UNKNOWN`
 */
export async function findImplementation(text: string): Promise<Implementation> {
  const [, name = '', given, named] = /^([^@/]*)(?:@([^@/]*))?(?:\/([^@/]*))?$/.exec(text) ?? [];
  const entry = IMPLEMENTATIONS.get(name);
  const version = (given ?? entry?.version ?? '').replace(/^v/, '');
  if (entry && (await pinnedVersions(name)).includes(version)) {
    const modes = entry.modes(version);
    const mode = named ?? modes[0];
    const found = mode !== undefined && modes.includes(mode) ? entry.at(version, mode) : undefined;
    if (found) return found;
  }
  throw new UsageError('DUALVIP_IMPLEMENTATION_UNKNOWN', `no implementation "${text}"`, {
    hint: `Known: ${(await knownModes()).join(', ')}. A further version is a go.mod under clusters/images/source/modules/.`,
  });
}
