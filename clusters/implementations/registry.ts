import { UsageError } from '../../base/errors.ts';
import type { Implementation } from './implementation.ts';
import { metallb, METALLB_DEFAULT, metallbVersions } from './metallb/metallb.ts';

export const DEFAULT_IMPLEMENTATION = `metallb@${METALLB_DEFAULT}`;

/** Every `name@version` that can be had, for help and errors. */
export async function knownImplementations(): Promise<string[]> {
  return (await metallbVersions()).map((version) => `metallb@${version}`);
}

/**
 * `metallb`, `metallb@0.15.2` or `metallb@v0.15.2`.
 * @throws UsageError `DUALVIP_IMPLEMENTATION_UNKNOWN`
 */
export async function findImplementation(text: string): Promise<Implementation> {
  const [name = '', given, ...rest] = text.split('@');
  const version = (given ?? METALLB_DEFAULT).replace(/^v/, '');
  const isKnown = name === 'metallb' && rest.length === 0 && (await metallbVersions()).includes(version);
  if (isKnown) return metallb(version);
  throw new UsageError('DUALVIP_IMPLEMENTATION_UNKNOWN', `no implementation "${text}"`, {
    hint: `Known: ${(await knownImplementations()).join(', ')}. A further version is a go.mod under clusters/images/source/modules/.`,
  });
}
