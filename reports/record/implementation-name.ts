interface Ref {
  name: string;
  version: string;
  mode: string;
}

/** The modes that are meant where none is named. */
const PLAIN: ReadonlySet<string> = new Set(['native', 'lb-ipam']);

/** `0.16.1`, or `0.16.1/frr` where the mode is not the plain one. */
export function versionAndMode({ version, mode }: Pick<Ref, 'version' | 'mode'>): string {
  return PLAIN.has(mode) ? version : `${version}/${mode}`;
}

/** As `--implementation` takes it: `metallb@0.16.1`, `metallb@0.16.1/frr`. */
export function implementationName(ref: Ref): string {
  return `${ref.name}@${versionAndMode(ref)}`;
}

/** For people: `metallb 0.16.1`, `metallb 0.16.1/frr`. */
export function implementationTitle(ref: Ref): string {
  return `${ref.name} ${versionAndMode(ref)}`;
}
