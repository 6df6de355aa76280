import { readdir } from 'node:fs/promises';

import semver from 'semver';

import { UsageError } from '../../base/errors.ts';
import { knownCheckout, takeCheckout, type Checkout } from '../images/checkout/checkout.ts';
import { MODULES_FOLDER } from '../images/source/go-module.ts';
import type { Place } from './facts.ts';
import { cilium, CILIUM_DEFAULT, CILIUM_MODE } from './cilium/cilium.ts';
import type { Implementation, ImplementationRef } from './implementation.ts';
import { metallb, METALLB_DEFAULT, METALLB_MODULE } from './metallb/metallb.ts';
import { METALLB_MODES, modesOf, type MetallbMode } from './metallb/modes.ts';
import { ownMetallb } from './metallb/own-metallb.ts';
import { relocated } from './metallb/relocated.ts';
import { ownVersion, ownVersionParts, type OwnBuild } from './own-build.ts';

interface Entry {
  /** The modes of a version; the first is meant where none is named. */
  modes: (version: string) => readonly string[];
  /** Undefined for a mode that there is none of. */
  at: (version: string, mode: string) => Implementation | undefined;
  /** The version that is meant where none is named. */
  version: string;
  /** How a checkout of it is built; left out where none can be. */
  own?: {
    /** The Go module that a checkout has to be. */
    upstream: string;
    title: string;
    at: (options: {
      checkout: Checkout;
      version: string;
      release: Implementation;
    }) => Promise<Implementation>;
  };
  /** As it is where somebody else has put it. */
  relocated?: (implementation: Implementation, place: Place) => Implementation;
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
      own: {
        upstream: METALLB_MODULE,
        title: 'MetalLB',
        at: ({ release, ...rest }) => ownMetallb({ ...rest, release, mode: metallbMode(release) }),
      },
      relocated,
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
  const own = ownVersionParts(version);
  if (entry?.own && own) return findOwn(name, entry, { ...own, version, mode: named });
  if (entry && (await pinnedVersions(name)).includes(version)) {
    const modes = entry.modes(version);
    const mode = named ?? modes[0];
    const found = mode !== undefined && modes.includes(mode) ? entry.at(version, mode) : undefined;
    if (found) return found;
  }
  throw await unknown(text);
}

async function unknown(text: string): Promise<UsageError> {
  return new UsageError('DUALVIP_IMPLEMENTATION_UNKNOWN', `no implementation "${text}"`, {
    hint: `Known: ${(await knownModes()).join(', ')}. A further version is a go.mod under clusters/images/source/modules/.`,
  });
}

function metallbMode({ ref }: Implementation): MetallbMode {
  return METALLB_MODES.find((mode) => mode === ref.mode) ?? METALLB_MODES[0];
}

interface OwnName {
  version: string;
  release: string;
  key: string;
  mode: string | undefined;
}

/** @throws UsageError `DUALVIP_CHECKOUT_GONE` where the sources are not on this machine */
async function findOwn(
  name: string,
  entry: Entry,
  { version, release, key, mode }: OwnName,
): Promise<Implementation> {
  const checkout = await knownCheckout(key);
  if (!checkout) {
    throw new UsageError(
      'DUALVIP_CHECKOUT_GONE',
      `the sources of ${name} ${version} are not in the cache of this machine`,
      {
        hint: `Check out what they were, and name it: --implementation ${name}@path:FOLDER. The same sources get the same name.`,
      },
    );
  }
  const pinned = await nearestPinned(name, entry, { release, mode });
  if (!pinned || !entry.own) throw await unknown(`${name}@${version}/${mode}`);
  return entry.own.at({ checkout, version, release: pinned });
}

/** The newest version that is pinned in that mode and no newer than the release; the oldest where all are newer. */
async function nearestPinned(
  name: string,
  entry: Entry,
  { release, mode }: { release: string; mode: string | undefined },
): Promise<Implementation | undefined> {
  const found = (await pinnedVersions(name)).flatMap((version) => {
    const [first] = entry.modes(version);
    const wanted = mode ?? first;
    const one = wanted !== undefined && entry.modes(version).includes(wanted) && entry.at(version, wanted);
    return one ? [one] : [];
  });
  return found.findLast(({ ref }) => semver.lte(ref.version, release)) ?? found[0];
}

/**
 * Takes the sources of a checkout, and gives what it is called from then on: `metallb@0.16.1+own.9c4630953b5b`.
 * @throws UsageError as `takeCheckout`; `DUALVIP_CHECKOUT_UNKNOWN` of what no checkout can be built
 */
export async function takeOwn(
  { name, mode, folder }: OwnBuild,
  signal: AbortSignal,
): Promise<Implementation> {
  const { own, version: newest } = IMPLEMENTATIONS.get(name) ?? {};
  if (!own || newest === undefined) {
    const able = [...IMPLEMENTATIONS].flatMap(([one, entry]) => (entry.own ? [one] : []));
    throw new UsageError('DUALVIP_CHECKOUT_UNKNOWN', `no checkout of "${name}" can be built`, {
      hint: `One of ${able.join(', ')} can: --implementation ${able[0]}@path:FOLDER.`,
    });
  }
  const { identity } = await takeCheckout(folder, { ...own, newest, signal });
  return findImplementation(`${name}@${ownVersion(identity)}${mode === undefined ? '' : `/${mode}`}`);
}

/**
 * One that somebody else has installed: its version need not be pinned here, as nothing is built of it. A mode that
 * cannot be built is taken for the first one, but by name.
 */
export function implementationAt({
  name,
  version,
  mode,
  place,
}: Pick<ImplementationRef, 'name' | 'version'> & {
  mode: string | undefined;
  place: Place | undefined;
}): Implementation {
  const entry = IMPLEMENTATIONS.get(name);
  const [first = ''] = entry?.modes(version) ?? [];
  const found = entry?.at(version, first);
  if (!found) throw new TypeError(`${name} is in no registry`);
  const named = { ...found, ref: { ...found.ref, mode: mode ?? first } };
  return locatedAt(named, place);
}

/** The same, where somebody has put it elsewhere than its manifests do. */
export function locatedAt(implementation: Implementation, place: Place | undefined): Implementation {
  const { relocated: to } = IMPLEMENTATIONS.get(implementation.ref.name) ?? {};
  return place && to ? to(implementation, place) : implementation;
}
