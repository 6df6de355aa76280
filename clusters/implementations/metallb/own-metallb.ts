import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { UsageError } from '../../../base/errors.ts';
import { treeKey, type Checkout } from '../../images/checkout/checkout.ts';
import type { CheckoutModule, GoModule } from '../../images/source/go-module.ts';
import { parseManifests } from '../../kubernetes/manifests.ts';
import { containerImages, withImages } from '../container-images.ts';
import type { Implementation } from '../implementation.ts';
import { METALLB_MODULE, metallbOf } from './metallb.ts';
import { modeParts, type MetallbMode } from './modes.ts';

export interface OwnMetallbOptions {
  checkout: Checkout;
  /** `0.16.1+own.9c4630953b5b` */
  version: string;
  mode: MetallbMode;
  /** Pinned, in the same mode: FRR and what else is not MetalLB's is as pinned for it. */
  release: Implementation;
}

/** The programs that each mode takes out of a checkout. */
const PROGRAMS = ['./controller', './speaker'];
const FRR_TOOLS = ['./frr-tools/cp-tool', './frr-tools/metrics'];

/**
 * MetalLB of a checkout: its programs, and its own manifests with the tags of the images exchanged, so that a node
 * may have the images of a release beside them.
 * @throws UsageError `DUALVIP_CHECKOUT_INVALID` where its manifests take what cannot be had
 */
export async function ownMetallb({
  checkout,
  version,
  mode,
  release,
}: OwnMetallbOptions): Promise<Implementation> {
  const { folder, identity } = checkout;
  const key = treeKey(identity.tree);
  const own: CheckoutModule = {
    ...{ folder, version: `v${version}`, tree: identity.tree },
    packages: mode === 'frr' ? [...PROGRAMS, ...FRR_TOOLS] : PROGRAMS,
  };
  const module: GoModule = { name: `metallb-own-${key}`, upstream: METALLB_MODULE, checkout: own };
  const pinned = modeParts(module, release.ref.version, mode);
  const images = pinned.images.map((image) => ({ ...image, reference: `${image.reference}-own-${key}` }));
  const file = `config/manifests/${pinned.manifests}`;
  const text = await readFile(path.join(folder, file), 'utf8').catch(() => undefined);
  if (text === undefined) throw lacking(`it has no ${file}`);
  const byRepository = new Map(images.map(({ reference }) => [repositoryOf(reference), reference]));
  const foreign = containerImages(parseManifests(text, file)).find(
    (image) => !byRepository.has(repositoryOf(image)),
  );
  if (foreign !== undefined) throw lacking(`its ${file} names an image ${foreign}, which it does not build`);
  return {
    ...metallbOf({
      ref: { name: 'metallb', version, mode, build: identity },
      module,
      parts: { ...pinned, images },
      adapt: (objects) => withImages(objects, (image) => byRepository.get(repositoryOf(image)) ?? image),
    }),
    release,
  };
}

/** Without its tag and digest. */
function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
}

function lacking(why: string): UsageError {
  return new UsageError('DUALVIP_CHECKOUT_INVALID', `the checkout is not as MetalLB's are: ${why}`, {
    hint: 'docs/own-build.md tells what of a checkout is taken.',
  });
}
