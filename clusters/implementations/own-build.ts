import { treeKey, type CheckoutIdentity } from '../images/checkout/checkout.ts';

/** `metallb@path:../metallb`, and `metallb/frr@path:../metallb` for a mode. */
export interface OwnBuild {
  name: string;
  mode?: string;
  folder: string;
}

/** Undefined where what is asked for is no checkout. The path is all that comes behind, slashes included. */
export function ownBuildOf(text: string): OwnBuild | undefined {
  const [, name, mode, folder] = /^([^@/]*)(?:\/([^@/]*))?@path:(.*)$/s.exec(text) ?? [];
  if (name === undefined || folder === undefined) return undefined;
  return { name, folder, ...(mode === undefined ? {} : { mode }) };
}

/** How a build is called: the release that it is nearest to, and the hash of its sources as semver's build metadata. */
export function ownVersion({ release, tree }: Pick<CheckoutIdentity, 'release' | 'tree'>): string {
  return `${release.version}+own.${treeKey(tree)}`;
}

/** Of such a version, the release and the key of the sources. */
export function ownVersionParts(version: string): { release: string; key: string } | undefined {
  const [, release, key] = /^([^+]+)\+own\.([0-9a-f]{12})$/.exec(version) ?? [];
  return release === undefined || key === undefined ? undefined : { release, key };
}
