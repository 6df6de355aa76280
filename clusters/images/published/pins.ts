/** A published image, pinned by digest where one is known. */
export interface PublishedImage {
  /** Registry host, replaced by `--registry-prefix`. */
  registry: string;
  repository: string;
  tag: string;
  /** Without one, what the registry answers for the tag is pulled and its digest is written into the record. */
  digest?: string;
}

/** kind 0.33.0's own default node image, from pkg/apis/config/defaults/image.go of its module. */
export const KIND_NODE: PublishedImage = {
  registry: 'docker.io',
  repository: 'kindest/node',
  tag: 'v1.37.0',
  digest: 'sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5',
};

export const BACKEND: PublishedImage = {
  registry: 'registry.k8s.io',
  repository: 'e2e-test-images/agnhost',
  tag: '2.53',
  digest: 'sha256:99c6b4bb4a1e1df3f0b3752168c89358794d02258ebebc26bf21c29399011a85',
};

/** Node.js for the probe, of the same Debian release as kind's node image, whose iproute2 is copied beside it. */
export const PROBE_RUNTIME: PublishedImage = {
  registry: 'docker.io',
  repository: 'library/node',
  tag: '26-trixie-slim',
};

/** Digests of images that implementations name by tag. */
export const DIGESTS: Readonly<Record<string, string>> = {
  'quay.io/metallb/controller:v0.16.1':
    'sha256:f51ab515de9ccd20dc3dccb093e48df8adddac019326c456f449e55ba91b6420',
  'quay.io/metallb/speaker:v0.16.1':
    'sha256:16561e96531e1852d5c229ad7fae6e994dcfa983ff7f4de6b6208b34a4e2ddbc',
};

/** Reads `quay.io/metallb/speaker:v0.16.1`. */
export function publishedImage(reference: string): PublishedImage {
  const match = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference);
  const [, registry, repository, tag] = match ?? [];
  if (!registry || !repository || !tag) throw new Error(`${reference} is not registry/repository:tag`);
  const digest = DIGESTS[reference];
  return { registry, repository, tag, ...(digest ? { digest } : {}) };
}

/** The name that manifests use. */
export function canonicalName(image: PublishedImage): string {
  const registry = image.registry === 'docker.io' ? '' : `${image.registry}/`;
  return `${registry}${image.repository}:${image.tag}`;
}

/**
 * What is pulled: by digest where one is pinned. A mirror (`--registry-prefix`) stands in for the registry's
 * host and keeps the repository's path; its images are the same bytes, so the digest still holds.
 */
export function pullReference(image: PublishedImage, registryPrefix: string | undefined): string {
  const host = registryPrefix ? registryPrefix.replace(/\/$/, '') : image.registry;
  const version = image.digest ? `@${image.digest}` : `:${image.tag}`;
  return `${host}/${image.repository}${version}`;
}
